"""Spam detection for videos and commenters that are not in the training data."""

import csv
import hashlib
import math
from collections import Counter
from collections.abc import Callable, Sequence
from typing import Final, NamedTuple

import pytest

from articles.comments.screening.spam_features import WORD, features, is_learnt
from articles.comments.screening.spam_model import MIN_THREADS, Example, train
from tests.shared import shared_data

pytestmark = pytest.mark.proof
FOLDS: Final = 10
MIN_PRECISION, MIN_RECALL = 0.97, 0.85

type Classifier = Callable[[str], bool]


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


def ours(training: Sequence[Example]) -> Classifier:
    model = train(training).model
    return lambda text: model.opinion(text).suspects


def plain_naive_bayes(training: Sequence[Example]) -> Classifier:
    """Naive Bayes with word counts and add-one smoothing."""
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


def evaluate(classify: Classifier, testing: Sequence[Example]) -> Figures:
    withheld = [each.spam for each in testing if classify(each.text)]
    return Figures(sum(withheld), len(withheld), sum(each.spam for each in testing))


def print_figures(name: str, figures: Figures) -> None:
    print(
        f"{name:>45}: precision {figures.precision:.3f}, recall {figures.recall:.3f}, "
        f"legitimate comments held {figures.withheld - figures.found}"
    )


@pytest.mark.parametrize(("trained_on", "tested_on"), [("1", "2"), ("2", "1")])
def test_spam_under_another_video_is_found(trained_on: str, tested_on: str) -> None:
    training = [each.example for each in comments(trained_on)]
    testing = [each.example for each in comments(tested_on)]
    print_figures(
        f"plain naive Bayes, {trained_on} to {tested_on}",
        evaluate(plain_naive_bayes(training), testing),
    )
    figures = evaluate(ours(training), testing)
    print_figures(f"ours, {trained_on} to {tested_on}", figures)
    assert figures.precision >= MIN_PRECISION
    assert figures.recall >= MIN_RECALL


@pytest.mark.parametrize("with_threads", [True, False])
def test_spam_of_other_commenters_is_found(with_threads: bool) -> None:
    written = [*comments("1"), *comments("2")]
    found = {"plain naive Bayes": Figures(0, 0, 0), "ours": Figures(0, 0, 0)}
    for fold in range(FOLDS):
        training: list[Example] = []
        testing: list[Example] = []
        for by, example in written:
            known = example if with_threads else example._replace(thread="")
            (testing if int(by, 16) % FOLDS == fold else training).append(known)
        for name, learn in (("plain naive Bayes", plain_naive_bayes), ("ours", ours)):
            one = evaluate(learn(training), testing)
            found[name] = Figures(*(a + b for a, b in zip(found[name], one, strict=True)))
    for name, figures in found.items():
        print_figures(f"{name}, commenters left out, {with_threads=}", figures)
    assert found["ours"].precision >= MIN_PRECISION
    assert found["ours"].recall >= MIN_RECALL


def test_words_of_a_single_video_are_not_learnt() -> None:
    both = [each.example for each in (*comments("1"), *comments("2"))]
    threads: dict[str, set[str]] = {}
    for each in both:
        for feature in features(each.text):
            threads.setdefault(feature, set()).add(each.thread)
    learnt = [each for each in train(both).model.weights if is_learnt(each)]
    print(f"{len(learnt)} words and phrases are learnt, of {sum(map(is_learnt, threads))}")
    assert learnt
    assert all(len(threads[each]) >= MIN_THREADS for each in learnt)
    one = train([each for each in both if each.thread == "1"]).model
    assert not any(is_learnt(each) for each in one.weights)
