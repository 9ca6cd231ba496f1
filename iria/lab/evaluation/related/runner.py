"""Scores rankings of related articles against the links that authors set.

Runs the production code on a test collection, in a scratch schema.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from typing import Any, Final

from django.db import transaction
from django.db.models import Q

from articles.editorial.models import Article
from articles.related import recomputation, scoring
from articles.related.models import RelatedLink, TextLink
from iria.lab.evaluation.related import baselines
from iria.lab.evaluation.related.baselines import Ranking
from iria.lab.evaluation.related.loading import link, load
from iria.lab.evaluation.related.test_collection import Collection
from iria.lab.evaluation.scratch_schema import gather_statistics, scratch_schema

RECALLED, SHOWN = 5, 4
DIGITS: Final = 4


def evaluation_scores(
    ranking: Mapping[str, Sequence[str]], linked: Mapping[str, AbstractSet[str]]
) -> dict[str, float]:
    """`recall@5`, `mrr` and `precision@4`: means over all articles with links.

    The recall of an article is the number of its links among the first five, divided by five or by the
    number of its links if that is smaller; its reciprocal rank uses the whole ranking.
    """
    recall, rank, precision = [], [], []
    for name, relevant in linked.items():
        ranked = ranking.get(name, [])
        recall.append(len(relevant & set(ranked[:RECALLED])) / min(RECALLED, len(relevant)))
        first = next(
            (position for position, other in enumerate(ranked, start=1) if other in relevant), None
        )
        rank.append(1 / first if first else 0.0)
        precision.append(len(relevant & set(ranked[:SHOWN])) / SHOWN)
    return {
        "recall@5": _mean(recall),
        "mrr": _mean(rank),
        "precision@4": _mean(precision),
    }


def _mean(values: Sequence[float]) -> float:
    return round(sum(values) / len(values), DIGITS) if values else 0.0


def evaluate(
    collection: Collection,
    *,
    language: str,
    ablation: bool = False,
    report_progress: Callable[[str], None] = lambda message: None,
) -> dict[str, Any]:
    """Scores of related articles and of three baselines; does not change the site's rows.

    Args:
        ablation: also the scores without each part of the ranking score.
        report_progress: called with messages about progress.
    """
    with scratch_schema():
        numbers = load(collection, language=language)
        gather_statistics()
        report_progress(
            f"{len(numbers)} articles loaded, {len(collection.links)} links between them."
        )
        recomputation.record_articles(Article.objects.published())
        link(collection, numbers)
        gather_statistics()
        report_progress("Computing terms.")
        rankings = {
            "newest in category": baselines.newest_in_category(collection),
            "shared tags": baselines.shared_tags(collection),
            "BM25": baselines.bm25(collection, numbers),
        }
        if ablation:
            rankings |= _ablations(collection, numbers)
        related = _related(collection, numbers)
        shown = {
            name: evaluation_scores(ranking, collection.linked)
            for name, ranking in rankings.items()
        }
        return {**evaluation_scores(related, collection.linked), "baselines": shown}


def _related(collection: Collection, numbers: dict[str, int]) -> Ranking:
    """The related articles of each linked article, computed without its own links."""
    names = {number: name for name, number in numbers.items()}
    ranking = {}
    for name in collection.linked:
        with transaction.atomic():
            _delete_links(numbers[name])
            recomputation.recompute(numbers[name])
            links = RelatedLink.objects.filter(article=numbers[name]).order_by("position")
            ranking[name] = [names[other] for other in links.values_list("other", flat=True)]
            transaction.set_rollback(True)
    return ranking


def _ablations(collection: Collection, numbers: dict[str, int]) -> dict[str, Ranking]:
    """The rankings without each part of the score."""
    names = {number: name for name, number in numbers.items()}
    rankings: dict[str, Ranking] = {f"without {part}": {} for part in scoring.WEIGHTS}
    for name in collection.linked:
        with transaction.atomic():
            _delete_links(numbers[name])
            compared = scoring.compare(Article.objects.get(pk=numbers[name]))
            transaction.set_rollback(True)
        candidates = compared.found if compared else []
        for part in scoring.WEIGHTS:
            best = sorted(candidates, key=lambda each: each.parts[part] - each.score)
            rankings[f"without {part}"][name] = [
                names[each.article_id] for each in best[: recomputation.MAX_NEIGHBOURS]
            ]
    return rankings


def _delete_links(number: int) -> None:
    TextLink.objects.filter(Q(article=number) | Q(other=number)).delete()
