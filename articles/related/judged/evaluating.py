"""The production code on a judged collection, in a schema of its own."""

from collections.abc import Callable
from collections.abc import Collection as Names
from typing import Any

from django.db import transaction
from django.db.models import Q

from articles.editorial.models import Article
from articles.related import refreshing, scoring
from articles.related.judged import baselines
from articles.related.judged.collection import Collection
from articles.related.judged.loading import link, load
from articles.related.judged.measuring import figures
from articles.related.models import RelatedLink, TextLink
from iria.kit.scratch_schema import gather_statistics, scratch_schema


def evaluate(
    collection: Collection,
    *,
    language: str,
    without: Names[str] = (),
    tell: Callable[[str], None] = lambda sentence: None,
) -> dict[str, Any]:
    """Figures of related articles and of three baselines; the site's rows stay as they are.

    Args:
        without: parts of the score to leave out, for an ablation.
        tell: hears what is being done.
    """
    with scratch_schema():
        numbers = load(collection, language=language)
        gather_statistics()
        tell(f"{len(numbers)} articles are loaded, {len(collection.links)} links between them.")
        refreshing.read(Article.objects.published())
        link(collection, numbers)
        gather_statistics()
        tell("Their words are read and counted.")
        rankings = {
            "newest in category": baselines.newest_in_category(collection),
            "shared tags": baselines.shared_tags(collection),
            "BM25": baselines.bm25(collection, numbers),
        }
        weights = {
            name: 0.0 if name in without else weight for name, weight in scoring.WEIGHTS.items()
        }
        related = _related(collection, numbers, weights)
        shown = {name: figures(ranking, collection.linked) for name, ranking in rankings.items()}
        return {**figures(related, collection.linked), "baselines": shown}


def _related(
    collection: Collection, numbers: dict[str, int], weights: dict[str, float]
) -> baselines.Ranking:
    """What every article with a link would be given if its own links did not exist."""
    names = {number: name for name, number in numbers.items()}
    ranking = {}
    for name in collection.linked:
        number = numbers[name]
        with transaction.atomic():
            TextLink.objects.filter(Q(article=number) | Q(other=number)).delete()
            refreshing.recompute(number, weights=weights)
            given = RelatedLink.objects.filter(article=number).order_by("position")
            ranking[name] = [names[other] for other in given.values_list("other", flat=True)]
            transaction.set_rollback(True)
    return ranking
