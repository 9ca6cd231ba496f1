"""The filters of the list of articles. What is not there is refused by its name."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import F, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.db.models.lookups import GreaterThanOrEqual
from django.http import HttpRequest
from django.utils import timezone

from articles.api import parameters
from articles.api.parameters import ArticlesAsked
from articles.api.problems import refuse
from articles.editorial import listings
from articles.editorial.models import Article, ArticleType, Category, ListingEntry, Scope
from articles.editorial.models.article import LANGUAGES
from articles.editorial.models.querysets import ArticleQuerySet
from iria.publication.context_processors import publication_of
from iria.publication.models import Publication

LAST_CHANGE: Final = Greatest("updated_at", "published_at")
"""There is an index on it."""


FEW: Final = 500
"""Changed articles that are named one by one."""

LISTED: Final = "listed_at"
"""When an article was published, from the index of the first list it is asked for in."""


def apply_filters(
    rows: ArticleQuerySet, asked: ArticlesAsked, request: HttpRequest
) -> ArticleQuerySet:
    """The articles that fit every filter, with the column that `order_of` names.

    Raises:
        Refused: a filter names something that is not there.
    """
    headings = _headings(asked)
    if is_listed(asked):
        # The first list brings the order, so that a page is read from its index and no further.
        first, *headings = listings.shortest_first(headings) or [(Scope.ALL, 0)]
        rows = _listed(rows, *first, language=asked.language)
    elif asked.language is not None:
        rows = rows.filter(language=asked.language)
    for scope, target in headings:
        also = ListingEntry.objects.filter(scope=scope, target=target, article=OuterRef("pk"))
        # A value and not `Exists`, which PostgreSQL may answer by reading the whole of a long list.
        rows = rows.filter(GreaterThanOrEqual(Subquery(also.values("article")[:1]), 0))
    if asked.published_from is not None or asked.published_until is not None:
        rows = _published(rows, asked, publication_of(request))
    if asked.order == "changed":
        rows = rows.annotate(changed=LAST_CHANGE)
    if asked.changed_since is not None:
        rows = _changed(rows, asked.changed_since, in_order=asked.order == "changed")
    return rows


def _changed(rows: ArticleQuerySet, since: datetime, *, in_order: bool) -> ArticleQuerySet:
    """What changed since a moment; where that is little, by its numbers.

    In the order of publication, PostgreSQL would look for a few changed articles through all of them.
    """
    by_change = GreaterThanOrEqual(LAST_CHANGE, since)
    if not in_order:
        latest = Article.objects.published().filter(by_change).order_by(LAST_CHANGE.desc(), "-pk")
        numbers = list(latest.values_list("pk", flat=True)[: FEW + 1])
        if len(numbers) <= FEW:
            rows = rows.filter(pk__in=numbers)
    return rows.filter(by_change)


def is_listed(asked: ArticlesAsked) -> bool:
    """Whether the rows come from the index of a list."""
    names = (asked.category, asked.tag, asked.author, asked.kind, asked.language)
    return asked.order != "changed" and any(name is not None for name in names)


def _headings(asked: ArticlesAsked) -> list[tuple[Scope, int]]:
    """The lists in which the articles have to be."""
    found: list[tuple[Scope, int]] = []
    if asked.tag is not None:
        found.append((Scope.TAG, _named(parameters.tags(), "tag", slug=asked.tag).pk))
    if asked.author is not None:
        found.append((Scope.AUTHOR, _named(parameters.authors(), "author", slug=asked.author).pk))
    if asked.category is not None:
        category = _named(Category.objects.all(), "category", path=asked.category)
        found.append((Scope.CATEGORY, category.pk))
    if asked.kind is not None:
        found.append((Scope.TYPE, _named(ArticleType.objects.all(), "kind", slug=asked.kind).pk))
    if asked.language is not None and asked.language not in dict(LANGUAGES):
        refuse("language", f"There is no language “{asked.language[:80]}”.")
    return found


def _listed(
    rows: ArticleQuerySet, scope: Scope, target: int, language: str | None
) -> ArticleQuerySet:
    conditions: dict[str, Any] = {"scope": scope, "target": target}
    if language is not None:
        conditions["language"] = language
    conditions["published_at__lte"] = timezone.now()
    entries = {f"listing_entries__{name}": value for name, value in conditions.items()}
    return rows.filter(**entries).annotate(**{LISTED: F("listing_entries__published_at")})


def _published(
    rows: ArticleQuerySet, asked: ArticlesAsked, publication: Publication
) -> ArticleQuerySet:
    column = LISTED if is_listed(asked) else "published_at"
    if asked.published_from is not None:
        begin = _begin(asked.published_from, publication)
        rows = rows.filter(**{f"{column}__gte": begin})
        if asked.order == "changed":
            # Follows from the other, and lets the index begin there.
            rows = rows.filter(GreaterThanOrEqual(LAST_CHANGE, begin))
    if asked.published_until is not None:
        end = _begin(asked.published_until + timedelta(days=1), publication)
        rows = rows.filter(**{f"{column}__lt": end})
    return rows


def _begin(day: date, publication: Publication) -> datetime:
    return datetime.combine(day, time.min, tzinfo=publication.zone_info)


def _named[T: Model](rows: "QuerySet[T]", parameter: str, **by: Any) -> T:
    found = rows.filter(**by).first()
    if found is None:
        (value,) = by.values()
        refuse(parameter, f"There is no {parameter} “{value[:80]}”.")
    return found
