"""Logistic regression in plain Python, for a few tens of thousands of comments.

A model that tells spam from wanted comments, and where it begins to suspect.

Logistic regression (docs/algorithms/screening.md): it learns from a few hundred decisions, trains in
seconds, and each of its opinions is a sum whose greatest parts can be read out.
"""

import math
import random
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from articles.comments.spam.features import describe_feature, features, is_learnt

PENALTY: Final = 3.0
"""How much weights are kept small, each as often as its feature occurs, as dropout does."""

STEP: Final = 0.5
MOST_ROUNDS, LEAST_ROUNDS = 30, 8
VISITS: Final = 40_000
"""Examples looked at in all; many examples need fewer rounds."""

FARTHEST: Final = 30.0


def weights_of(
    found: Sequence[Sequence[str]], spam: Sequence[bool]
) -> tuple[dict[str, float], float]:
    """Each feature's weight, and the prior; the same examples give the same weights.

    Stochastic gradient descent with a step of its own for each feature (AdaGrad).
    """
    names = sorted({each for features in found for each in features})
    places = {name: at for at, name in enumerate(names)}
    rows = [sorted(places[each] for each in features) for features in found]
    weights, squares = [0.0] * len(names), [1e-8] * len(names)
    prior, prior_squares = 0.0, 1e-8
    penalty = PENALTY / max(1, len(rows))
    chance = random.Random(0)  # noqa: S311 -- an order, and no secret
    order = list(range(len(rows)))
    for _ in range(max(LEAST_ROUNDS, min(MOST_ROUNDS, VISITS // max(1, len(rows))))):
        chance.shuffle(order)
        for at in order:
            row = rows[at]
            scale = 1 / math.sqrt(1 + len(row))
            score = (prior + sum([weights[each] for each in row])) * scale
            error = (_likelihood(score) - spam[at]) * scale
            prior_squares += error * error
            prior -= STEP * error / math.sqrt(prior_squares)
            for each in row:
                slope = error + penalty * weights[each]
                squares[each] += slope * slope
                weights[each] -= STEP * slope / math.sqrt(squares[each])
    return dict(zip(names, weights, strict=True)), prior


def _likelihood(score: float) -> float:
    return 1 / (1 + math.exp(-max(-FARTHEST, min(FARTHEST, score))))


VERSION: Final = 2
"""Of the features and of the sum; a model of another version cannot be asked."""

FOLDS: Final = 5
PRECISION: Final = 0.98
"""Of what lies above the threshold, the share that must be spam among comments not learnt from."""

EVEN_ODDS: Final = 0.0
"""Below this score a comment is more like the wanted ones, however far away they are."""

LEAST_OF_EACH: Final = 20
"""Fewer examples of a kind than this teach nothing that could be relied on."""

LEAST_THREADS: Final = 2
"""Threads in which a word must occur before it can mean anything."""


class Example(NamedTuple):
    text: str
    spam: bool
    thread: str = ""
    """Under what it was written, such as an article. Examples that do not say it count as one thread."""


class TooFew(Exception):
    """There are not enough examples to learn from; the message says how many there are."""


@dataclass(frozen=True, slots=True)
class Opinion:
    """What the model thinks of one comment."""

    score: float
    suspects: bool
    reasons: tuple[str, ...]
    """What speaks most for spam, in words, the strongest first."""


@dataclass(frozen=True, slots=True)
class SpamModel:
    """Feature → its weight; `threshold` is the least score that is suspected."""

    weights: dict[str, float]
    prior: float
    threshold: float

    def score(self, found: Iterable[str]) -> float:
        """How likely spam is, on a scale of its own on which long comments weigh no more than short."""
        known = [self.weights[each] for each in found if each in self.weights]
        return (self.prior + sum(known)) / math.sqrt(1 + len(known))

    def opinion(self, text: str, most: int = 3) -> Opinion:
        found = features(text)
        score = self.score(found)
        return Opinion(score, score >= self.threshold, self._reasons(found, most))

    def _reasons(self, found: Mapping[str, str], most: int) -> tuple[str, ...]:
        """The strongest features that say something to a person; a phrase stands for its parts."""
        strongest = sorted(
            (each for each in found if self.weights.get(each, 0) > 0),
            key=lambda each: (-self.weights[each], -len(each), each),
        )
        told: list[str] = []
        for each in strongest:
            words = describe_feature(each, found[each])
            if words and not any(
                words.strip("“”") in said or said.strip("“”") in words for said in told
            ):
                told.append(words)
            if len(told) == most:
                break
        return tuple(told)

    def as_json(self) -> dict[str, Any]:
        return {
            "version": VERSION,
            "weights": {each: round(weight, 4) for each, weight in self.weights.items()},
            "prior": self.prior,
            "threshold": self.threshold,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "SpamModel | None":
        """The model that was kept; None for one of another version, which must be learnt anew."""
        if kept.get("version") != VERSION:
            return None
        return cls(kept["weights"], kept["prior"], kept["threshold"])


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, and how it did on comments that were kept from it while it learnt."""

    model: SpamModel
    precision: float
    recall: float


class Seen(NamedTuple):
    """An example as the model sees it."""

    found: frozenset[str]
    spam: bool
    thread: str


def train(examples: Sequence[Example]) -> Trained:
    """Learns from examples, and sets the threshold by what it thinks of those it has not seen.

    Every example is judged once by a model that learnt nothing from its thread, or, where there is
    one thread only, nothing from its stretch of it.

    Raises:
        TooFew
    """
    seen = [Seen(frozenset(features(each.text)), each.spam, each.thread) for each in examples]
    unwanted = sum(each.spam for each in seen)
    if not _are_enough(seen):
        sentence = (
            f"There are {len(seen) - unwanted} wanted and {unwanted} unwanted comments; "
            f"it takes {LEAST_OF_EACH} of each to learn from."
        )
        raise TooFew(sentence)
    scores = _scores_unseen(seen)
    threshold = _threshold(scores)
    held = [spam for score, spam in scores if score >= threshold]
    model = _learnt(seen)
    return Trained(
        SpamModel(model.weights, model.prior, threshold),
        precision=sum(held) / len(held) if held else 0.0,
        recall=sum(held) / unwanted,
    )


def _are_enough(seen: Sequence[Seen]) -> bool:
    unwanted = sum(each.spam for each in seen)
    return min(unwanted, len(seen) - unwanted) >= LEAST_OF_EACH


def _learnt(seen: Sequence[Seen]) -> SpamModel:
    """A model of these, in which a word counts only where several threads have it."""
    threads: dict[str, set[str]] = {}
    for each in seen:
        for feature in each.found:
            if is_learnt(feature):
                threads.setdefault(feature, set()).add(each.thread)
    known = [
        [
            each
            for each in found
            if len(threads.get(each, ())) >= LEAST_THREADS or not is_learnt(each)
        ]
        for found, _, _ in seen
    ]
    weights, prior = weights_of(known, [each.spam for each in seen])
    return SpamModel(weights, prior, 0.0)


def _scores_unseen(seen: Sequence[Seen]) -> list[tuple[float, bool]]:
    fold_of = _by_thread(seen)
    folds = set(fold_of)
    if len(folds) < LEAST_THREADS or not all(
        _are_enough([each for each, fold in zip(seen, fold_of, strict=True) if fold != left_out])
        for left_out in folds
    ):
        fold_of = _by_stretch(seen)
    scores = []
    for left_out in sorted(set(fold_of)):
        pairs = list(zip(seen, fold_of, strict=True))
        judge = _learnt([each for each, fold in pairs if fold != left_out])
        scores += [(judge.score(each.found), each.spam) for each, fold in pairs if fold == left_out]
    return scores


def _by_thread(seen: Sequence[Seen]) -> list[int]:
    """For each example the fold of its thread; the largest threads are dealt out first."""
    sizes: dict[str, int] = {}
    for each in seen:
        sizes[each.thread] = sizes.get(each.thread, 0) + 1
    filled = [0] * FOLDS
    fold_of: dict[str, int] = {}
    for thread in sorted(sizes, key=lambda each: (-sizes[each], each)):
        fold_of[thread] = filled.index(min(filled))
        filled[fold_of[thread]] += sizes[thread]
    return [fold_of[each.thread] for each in seen]


def _by_stretch(seen: Sequence[Seen]) -> list[int]:
    """For each example which stretch of its kind it is in, so that neighbours are left out together."""
    total = {kind: sum(each.spam is kind for each in seen) for kind in (False, True)}
    before = {False: 0, True: 0}
    folds = []
    for each in seen:
        folds.append(before[each.spam] * FOLDS // total[each.spam])
        before[each.spam] += 1
    return folds


def _threshold(scores: Iterable[tuple[float, bool]]) -> float:
    """The least score above which `PRECISION` holds, were there one wanted comment more.

    Where there is too little spam for that, it lies above all wanted comments. It lies halfway
    to the next comment below.
    """
    ranked = sorted(scores, key=lambda each: (-each[0], each[1]))
    following = [*(score for score, _ in ranked[1:]), ranked[-1][0]]
    highest_wanted = next((score for score, spam in ranked if not spam), -math.inf)
    lowest, wanted = math.nextafter(highest_wanted, math.inf), 0
    for held, ((score, spam), below) in enumerate(zip(ranked, following, strict=True), 1):
        wanted += not spam
        if not wanted or (held - wanted) / (held + 1) >= PRECISION:
            lowest = (score + below) / 2
    return max(EVEN_ODDS, lowest)
