"""The filters of the list of articles. Unknown values are rejected by name."""

from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import F, Model, OuterRef, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.db.models.lookups import GreaterThanOrEqual
from django.http import HttpRequest
from django.utils import timezone

from articles.api import parameters
from articles.api.parameters import ArticleListQuery
from articles.api.problems import reject_parameter
from articles.editorial import listings
from articles.editorial.models import Article, ArticleType, Category, ListingEntry, Scope
from articles.editorial.models.article import LANGUAGES
from articles.editorial.models.querysets import ArticleQuerySet
from iria.publication.context_processors import publication_of
from iria.publication.models import Publication

LAST_CHANGE: Final = Greatest("updated_at", "published_at")
"""An indexed expression."""


FEW: Final = 500
"""Up to this number, changed articles are selected by id."""

LISTED_AT: Final = "listed_at"
"""The publication time, from the index of the first list in the filters."""


def apply_filters(
    rows: ArticleQuerySet, query: ArticleListQuery, request: HttpRequest
) -> ArticleQuerySet:
    """The articles that match every filter, with the column of `order_of`.

    Raises:
        ApiError: a filter names something that does not exist.
    """
    headings = _headings(query)
    if is_listed(query):
        # The first list determines the order, so that only a page of its index is read.
        first, *headings = listings.shortest_first(headings) or [(Scope.ALL, 0)]
        rows = _listed(rows, *first, language=query.language)
    elif query.language is not None:
        rows = rows.filter(language=query.language)
    for scope, target in headings:
        also = ListingEntry.objects.filter(scope=scope, target=target, article=OuterRef("pk"))
        # Not `Exists`, for which PostgreSQL may read a long list completely.
        rows = rows.filter(GreaterThanOrEqual(Subquery(also.values("article")[:1]), 0))
    if query.published_from is not None or query.published_until is not None:
        rows = _published(rows, query, publication_of(request))
    if query.order == "changed":
        rows = rows.annotate(changed=LAST_CHANGE)
    if query.changed_since is not None:
        rows = _changed(rows, query.changed_since, in_order=query.order == "changed")
    return rows


def _changed(rows: ArticleQuerySet, since: datetime, *, in_order: bool) -> ArticleQuerySet:
    """Articles that changed since a time; if there are few, by their ids.

    In the order of publication, PostgreSQL would search all articles for a few changed ones.
    """
    by_change = GreaterThanOrEqual(LAST_CHANGE, since)
    if not in_order:
        latest = Article.objects.published().filter(by_change).order_by(LAST_CHANGE.desc(), "-pk")
        numbers = list(latest.values_list("pk", flat=True)[: FEW + 1])
        if len(numbers) <= FEW:
            rows = rows.filter(pk__in=numbers)
    return rows.filter(by_change)


def is_listed(query: ArticleListQuery) -> bool:
    """Whether the rows are read from the index of a list."""
    names = (query.category, query.tag, query.author, query.kind, query.language)
    return query.order != "changed" and any(name is not None for name in names)


def _headings(query: ArticleListQuery) -> list[tuple[Scope, int]]:
    """The lists that must contain the articles."""
    found: list[tuple[Scope, int]] = []
    if query.tag is not None:
        found.append((Scope.TAG, _named(parameters.tags(), "tag", slug=query.tag).pk))
    if query.author is not None:
        found.append((Scope.AUTHOR, _named(parameters.authors(), "author", slug=query.author).pk))
    if query.category is not None:
        category = _named(Category.objects.all(), "category", path=query.category)
        found.append((Scope.CATEGORY, category.pk))
    if query.kind is not None:
        found.append((Scope.TYPE, _named(ArticleType.objects.all(), "kind", slug=query.kind).pk))
    if query.language is not None and query.language not in dict(LANGUAGES):
        reject_parameter("language", f"Unknown language “{query.language[:80]}”.")
    return found


def _listed(
    rows: ArticleQuerySet, scope: Scope, target: int, language: str | None
) -> ArticleQuerySet:
    conditions: dict[str, Any] = {"scope": scope, "target": target}
    if language is not None:
        conditions["language"] = language
    conditions["published_at__lte"] = timezone.now()
    entries = {f"listing_entries__{name}": value for name, value in conditions.items()}
    return rows.filter(**entries).annotate(**{LISTED_AT: F("listing_entries__published_at")})


def _published(
    rows: ArticleQuerySet, query: ArticleListQuery, publication: Publication
) -> ArticleQuerySet:
    column = LISTED_AT if is_listed(query) else "published_at"
    if query.published_from is not None:
        begin = _begin(query.published_from, publication)
        rows = rows.filter(**{f"{column}__gte": begin})
        if query.order == "changed":
            # Implied by the other condition, but allows the index to start there.
            rows = rows.filter(GreaterThanOrEqual(LAST_CHANGE, begin))
    if query.published_until is not None:
        end = _begin(query.published_until + timedelta(days=1), publication)
        rows = rows.filter(**{f"{column}__lt": end})
    return rows


def _begin(day: date, publication: Publication) -> datetime:
    return datetime.combine(day, time.min, tzinfo=publication.zone_info)


def _named[T: Model](rows: "QuerySet[T]", parameter: str, **by: Any) -> T:
    found = rows.filter(**by).first()
    if found is None:
        (value,) = by.values()
        reject_parameter(parameter, f"Unknown {parameter} “{value[:80]}”.")
    return found
