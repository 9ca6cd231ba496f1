"""A naive Bayes model over the features of comments, and where it begins to suspect.

Why so small a one (docs/algorithms/screening.md): it learns from a few hundred decisions, trains in
a second, and each of its opinions is a sum whose greatest parts can be read out.
"""

import math
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Final

from articles.comments.spam.features import features, words_of

SMOOTHING: Final = 1.0
FOLDS: Final = 10
ALLOWED_IN_ERROR: Final = 0.003
"""Share of the wanted comments of the training that may lie above the threshold."""

EVEN_ODDS: Final = 0.0
"""Below this score a comment is more like the wanted ones, however far away they are."""

LEAST_OF_EACH: Final = 20
"""Fewer examples of a kind than this teach nothing that could be relied on."""

type Example = tuple[str, bool]
"""A comment's text, and whether it is spam."""


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
    """Feature → its log-likelihood ratio; `threshold` is the least score that is suspected."""

    weights: dict[str, float]
    prior: float
    threshold: float

    def score(self, found: Iterable[str]) -> float:
        """How likely spam is, on a scale of its own on which long comments weigh no more than short."""
        known = [self.weights[each] for each in found if each in self.weights]
        return self.prior + sum(known) / math.sqrt(max(1, len(known)))

    def opinion(self, text: str, most: int = 3) -> Opinion:
        found = features(text)
        score = self.score(found)
        return Opinion(score, score >= self.threshold, self._reasons(found, most))

    def _reasons(self, found: Iterable[str], most: int) -> tuple[str, ...]:
        """The strongest features that say something to a person; a phrase stands for its parts."""
        strongest = sorted(
            (each for each in found if self.weights.get(each, 0) > 0),
            key=lambda each: (-self.weights[each], -len(each), each),
        )
        told: list[str] = []
        for each in strongest:
            words = words_of(each)
            if words and not any(
                words.strip("“”") in said or said.strip("“”") in words for said in told
            ):
                told.append(words)
            if len(told) == most:
                break
        return tuple(told)

    def as_json(self) -> dict[str, Any]:
        return {
            "weights": {each: round(weight, 4) for each, weight in self.weights.items()},
            "prior": self.prior,
            "threshold": self.threshold,
        }

    @classmethod
    def from_json(cls, kept: dict[str, Any]) -> "SpamModel":
        return cls(kept["weights"], kept["prior"], kept["threshold"])


@dataclass(frozen=True, slots=True)
class Trained:
    """A model, and how it did on comments that were kept from it while it learnt."""

    model: SpamModel
    precision: float
    recall: float


def train(examples: Sequence[Example]) -> Trained:
    """Learns from examples, and sets the threshold by what it thinks of those it has not seen.

    Every example is judged once by a model that learnt from the nine other tenths. The threshold
    lies just above all wanted ones but `ALLOWED_IN_ERROR` of them, so that it is the wanted
    comments that decide where suspicion begins.

    Raises:
        TooFew
    """
    seen = [(features(text), spam) for text, spam in examples]
    unwanted = sum(spam for _, spam in seen)
    if min(unwanted, len(seen) - unwanted) < LEAST_OF_EACH:
        sentence = (
            f"There are {len(seen) - unwanted} wanted and {unwanted} unwanted comments; "
            f"it takes {LEAST_OF_EACH} of each to learn from."
        )
        raise TooFew(sentence)
    scores = _scores_unseen(seen)
    wanted = sorted((score for score, spam in scores if not spam), reverse=True)
    highest = wanted[int(ALLOWED_IN_ERROR * len(wanted))]
    threshold = max(EVEN_ODDS, math.nextafter(highest, math.inf))
    weights, prior = _weighed(seen)
    held = [spam for score, spam in scores if score >= threshold]
    return Trained(
        SpamModel(weights, prior, threshold),
        precision=sum(held) / len(held) if held else 0.0,
        recall=sum(held) / unwanted,
    )


def _scores_unseen(seen: Sequence[tuple[frozenset[str], bool]]) -> list[tuple[float, bool]]:
    scores = []
    for fold in range(FOLDS):
        weights, prior = _weighed([each for at, each in enumerate(seen) if at % FOLDS != fold])
        judge = SpamModel(weights, prior, 0.0)
        scores += [(judge.score(found), spam) for found, spam in seen[fold::FOLDS]]
    return scores


def _weighed(seen: Sequence[tuple[frozenset[str], bool]]) -> tuple[dict[str, float], float]:
    """Each feature's weight, and the prior, from counts of comments that have it."""
    counts: tuple[Counter[str], Counter[str]] = (Counter(), Counter())
    number = [0, 0]
    for found, spam in seen:
        number[spam] += 1
        counts[spam].update(found)
    wanted, unwanted = (each + 2 * SMOOTHING for each in number)
    weights = {
        each: math.log((counts[1][each] + SMOOTHING) / unwanted)
        - math.log((counts[0][each] + SMOOTHING) / wanted)
        for each in counts[0].keys() | counts[1].keys()
    }
    return weights, math.log((number[1] + 1) / (number[0] + 1))
