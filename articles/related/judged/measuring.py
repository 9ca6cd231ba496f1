"""Three figures for a ranking, against the links that authors set."""

from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Final

RECALLED, SHOWN = 5, 4
DIGITS: Final = 4


def figures(
    ranking: Mapping[str, Sequence[str]], linked: Mapping[str, AbstractSet[str]]
) -> dict[str, float]:
    """`recall@5`, `mrr` and `precision@4`: means over every article that has a link.

    An article's recall is what of its links stands among the first five, divided by five or by the
    number of its links where that is smaller; its reciprocal rank counts what was ranked at all.
    """
    recall, rank, precision = [], [], []
    for name, wanted in linked.items():
        given = ranking.get(name, [])
        recall.append(len(wanted & set(given[:RECALLED])) / min(RECALLED, len(wanted)))
        first = next((place for place, other in enumerate(given, start=1) if other in wanted), None)
        rank.append(1 / first if first else 0.0)
        precision.append(len(wanted & set(given[:SHOWN])) / SHOWN)
    return {
        "recall@5": _mean(recall),
        "mrr": _mean(rank),
        "precision@4": _mean(precision),
    }


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), DIGITS) if values else 0.0
