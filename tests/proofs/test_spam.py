"""How well spam is told from wanted comments under videos and by commenters that taught nothing."""

import csv
import hashlib
import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import pytest

from articles.comments.spam.features import WORD, features, is_learnt
from articles.comments.spam.model import LEAST_THREADS, Example, train
from tests.shared import shared_data

pytestmark = pytest.mark.proof
FOLDS: Final = 10
LEAST_PRECISION, LEAST_RECALL = 0.97, 0.85

type Judge = Callable[[str], bool]


class Written(NamedTuple):
    by: str
    """A hash of the commenter's name."""
    example: Example


class Figures(NamedTuple):
    found: int
    withheld: int
    unwanted: int

    @property
    def precision(self) -> float:
        return self.found / max(1, self.withheld)

    @property
    def recall(self) -> float:
        return self.found / self.unwanted


def comments(thread: str) -> list[Written]:
    with shared_data("spam", "youtube", f"{thread}.csv").open(encoding="utf-8-sig") as file:
        return [
            Written(
                hashlib.sha256(row["AUTHOR"].encode()).hexdigest(),
                Example(row["CONTENT"], row["CLASS"] == "1", thread),
            )
            for row in csv.DictReader(file)
        ]


def ours(training: Sequence[Example]) -> Judge:
    model = train(training).model
    return lambda text: model.opinion(text).suspects


def plain_naive_bayes(training: Sequence[Example]) -> Judge:
    """Counts of single words, added one, at even odds: what any textbook begins with."""
    counts: dict[bool, Counter[str]] = {False: Counter(), True: Counter()}
    for each in training:
        counts[each.spam].update(word.lower() for word in WORD.findall(each.text))
    kinds = Counter(each.spam for each in training)
    known = counts[False].keys() | counts[True].keys()
    total = {kind: counts[kind].total() + len(known) for kind in counts}

    def suspects(text: str) -> bool:
        words = [word.lower() for word in WORD.findall(text)]
        likelihood = {
            kind: math.log(kinds[kind])
            + sum(
                math.log((counts[kind][word] + 1) / total[kind]) for word in words if word in known
            )
            for kind in counts
        }
        return likelihood[True] >= likelihood[False]

    return suspects


def judged(judge: Judge, testing: Sequence[Example]) -> Figures:
    withheld = [each.spam for each in testing if judge(each.text)]
    return Figures(sum(withheld), len(withheld), sum(each.spam for each in testing))


def said(name: str, figures: Figures) -> None:
    print(
        f"{name:>45}: precision {figures.precision:.3f}, recall {figures.recall:.3f}, "
        f"wanted ones held {figures.withheld - figures.found}"
    )


@pytest.mark.parametrize(("taught_by", "judged_on"), [("1", "2"), ("2", "1")])
def test_spam_under_a_video_that_taught_nothing_is_found(taught_by: str, judged_on: str) -> None:
    training = [each.example for each in comments(taught_by)]
    testing = [each.example for each in comments(judged_on)]
    said(
        f"plain naive Bayes, {taught_by} to {judged_on}",
        judged(plain_naive_bayes(training), testing),
    )
    figures = judged(ours(training), testing)
    said(f"ours, {taught_by} to {judged_on}", figures)
    assert figures.precision >= LEAST_PRECISION
    assert figures.recall >= LEAST_RECALL


@pytest.mark.parametrize("with_threads", [True, False])
def test_spam_of_commenters_who_taught_nothing_is_found(with_threads: bool) -> None:
    written = [*comments("1"), *comments("2")]
    found = {"plain naive Bayes": Figures(0, 0, 0), "ours": Figures(0, 0, 0)}
    for fold in range(FOLDS):
        training: list[Example] = []
        testing: list[Example] = []
        for by, example in written:
            known = example if with_threads else example._replace(thread="")
            (testing if int(by, 16) % FOLDS == fold else training).append(known)
        for name, learn in (("plain naive Bayes", plain_naive_bayes), ("ours", ours)):
            one = judged(learn(training), testing)
            found[name] = Figures(*(a + b for a, b in zip(found[name], one, strict=True)))
    for name, figures in found.items():
        said(f"{name}, commenters left out, {with_threads=}", figures)
    assert found["ours"].precision >= LEAST_PRECISION
    assert found["ours"].recall >= LEAST_RECALL


def test_no_word_of_one_video_only_has_a_weight() -> None:
    both = [each.example for each in (*comments("1"), *comments("2"))]
    threads: dict[str, set[str]] = {}
    for each in both:
        for feature in features(each.text):
            threads.setdefault(feature, set()).add(each.thread)
    learnt = [each for each in train(both).model.weights if is_learnt(each)]
    print(f"{len(learnt)} words and phrases are learnt, of {sum(map(is_learnt, threads))}")
    assert learnt
    assert all(len(threads[each]) >= LEAST_THREADS for each in learnt)
    one = train([each for each in both if each.thread == "1"]).model
    assert not any(is_learnt(each) for each in one.weights)
