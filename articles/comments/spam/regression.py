"""Logistic regression in plain Python, for a few tens of thousands of comments."""

import math
import random
from collections.abc import Sequence
from typing import Final

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
