"""Published articles: filters, search, fields, and the operations that list them and return one."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, Final

from django.db.models import FETCH_RAISE, F, Model, OuterRef, Prefetch, QuerySet, Subquery
from django.db.models.functions import Greatest
from django.db.models.lookups import GreaterThanOrEqual
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from ninja import Query

from accounts.models import AuthorProfile
from articles.api import parameters, schemas
from articles.api.ninja_api import Number, operation
from articles.api.parameters import (
    ArticleListQuery,
    FieldSet,
    FieldsQuery,
    Order,
    next_url,
    page_of,
    query_key,
    read_cursor,
    write_cursor,
)
from articles.api.problems import SEARCH, ApiError, reject_parameter
from articles.api.resources import serialize_image
from articles.body.references import with_urls
from articles.body.rendering import plain_text
from articles.body.tree import caption_text
from articles.editorial import listings
from articles.editorial.models import (
    Article,
    ArticleType,
    Category,
    ListingEntry,
    Scope,
    SeriesPart,
)
from articles.editorial.models.querysets import ArticleQuerySet
from articles.editorial.rendering import full_text
from articles.embeds.link_cards import titles_for
from articles.links.targets import urls_for
from articles.search.engine import InvalidQuery, ResultPage, search_articles
from articles.search.query import SearchFilters, Sort
from iria.core.http.urls import absolute_url, url_path
from iria.core.text.languages import LANGUAGE_NAMES
from iria.publication.context_processors import publication_of
from iria.publication.models import Publication

LAST_CHANGE: Final = Greatest("updated_at", "published_at")
"""An indexed expression."""

MAX_IDS: Final = 500
"""Up to this number, changed articles are selected by id."""

LISTED_AT: Final = "listed_at"
"""The column of the publication time, from the index of the first list in the filters."""


def apply_filters(
    rows: ArticleQuerySet, query: ArticleListQuery, request: HttpRequest
) -> ArticleQuerySet:
    """The articles that match every filter, with the column that they are ordered by.

    Raises:
        ApiError: a filter names something that does not exist.
    """
    lists = _lists(query)
    if is_listed(query):
        # The first list determines the order, so that only a page of its index is read.
        first, *lists = listings.shortest_first(lists) or [(Scope.ALL, 0)]
        rows = _listed(rows, *first, language=query.language)
    elif query.language is not None:
        rows = rows.filter(language=query.language)
    for scope, target in lists:
        entries = ListingEntry.objects.filter(scope=scope, target=target, article=OuterRef("pk"))
        # Not `Exists`, for which PostgreSQL may read a long list completely.
        rows = rows.filter(GreaterThanOrEqual(Subquery(entries.values("article")[:1]), 0))
    if query.published_from is not None or query.published_until is not None:
        rows = _published(rows, query, publication_of(request))
    if query.order == "changed":
        rows = rows.annotate(changed=LAST_CHANGE)
    if query.changed_since is not None:
        rows = _changed(rows, query.changed_since, in_order=query.order == "changed")
    return rows


def _changed(rows: ArticleQuerySet, since: datetime, *, in_order: bool) -> ArticleQuerySet:
    """The articles that changed since a time; by their ids if there are few.

    In the order of publication, PostgreSQL would search all articles for a few changed ones.
    """
    by_change = GreaterThanOrEqual(LAST_CHANGE, since)
    if not in_order:
        latest = Article.objects.published().filter(by_change).order_by(LAST_CHANGE.desc(), "-pk")
        ids = list(latest.values_list("pk", flat=True)[: MAX_IDS + 1])
        if len(ids) <= MAX_IDS:
            rows = rows.filter(pk__in=ids)
    return rows.filter(by_change)


def is_listed(query: ArticleListQuery) -> bool:
    """Whether the rows are read from the index of a list."""
    names = (query.category, query.tag, query.author, query.kind, query.language)
    return query.order != "changed" and any(name is not None for name in names)


def _lists(query: ArticleListQuery) -> list[tuple[Scope, int]]:
    """The lists that must contain the articles."""
    found: list[tuple[Scope, int]] = []
    if query.tag is not None:
        found.append((Scope.TAG, _row_or_error(parameters.tags(), "tag", slug=query.tag).pk))
    if query.author is not None:
        found.append(
            (Scope.AUTHOR, _row_or_error(parameters.authors(), "author", slug=query.author).pk)
        )
    if query.category is not None:
        category = _row_or_error(Category.objects.all(), "category", path=query.category)
        found.append((Scope.CATEGORY, category.pk))
    if query.kind is not None:
        found.append(
            (Scope.TYPE, _row_or_error(ArticleType.objects.all(), "kind", slug=query.kind).pk)
        )
    if query.language is not None and query.language not in LANGUAGE_NAMES:
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
        start = _start_of_day(query.published_from, publication)
        rows = rows.filter(**{f"{column}__gte": start})
        if query.order == "changed":
            # Implied by the other condition, but allows the index to start there.
            rows = rows.filter(GreaterThanOrEqual(LAST_CHANGE, start))
    if query.published_until is not None:
        end = _start_of_day(query.published_until + timedelta(days=1), publication)
        rows = rows.filter(**{f"{column}__lt": end})
    return rows


def _start_of_day(day: date, publication: Publication) -> datetime:
    return datetime.combine(day, time.min, tzinfo=publication.zone_info)


def _row_or_error[T: Model](rows: "QuerySet[T]", parameter: str, **by: Any) -> T:
    found = rows.filter(**by).first()
    if found is None:
        (value,) = by.values()
        reject_parameter(parameter, f"Unknown {parameter} “{value[:80]}”.")
    return found


SORTS: Final = {None: Sort.BEST, "newest": Sort.NEWEST, "oldest": Sort.OLDEST}


@dataclass(frozen=True, slots=True)
class FilteredSearch(SearchFilters):
    """The filters of a search in the API, which has more than the search page."""

    rows: ArticleQuerySet | None = None

    def __bool__(self) -> bool:
        return self.rows is not None

    def apply(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        return articles if self.rows is None else articles.filter(pk__in=self.rows.values("pk"))


def search_response(
    request: HttpRequest, response: HttpResponse, query: ArticleListQuery, names: list[str]
) -> dict[str, Any]:
    """A page of results, the best first unless another order was requested.

    Raises:
        ApiError: the query is invalid.
    """
    key = query_key(request.path, {**query.filters(), "size": query.limit})
    page = _page(query.cursor, key)
    results = _search(request, query, page)
    ids = [result.article.pk for result in results.hits]
    rows = with_fields(Article.objects.published(), names).in_bulk(ids)
    next_cursor = write_cursor(key, [page + 1]) if results.next_page else ""
    serialize = serializer_for(request, names)
    return {
        "items": serialize(rows[pk] for pk in ids if pk in rows),
        "next": next_url(request, response, query, next_cursor),
        "total": results.total,
    }


def _search(request: HttpRequest, query: ArticleListQuery, page: int) -> ResultPage:
    text = (query.q or "").strip()
    if not text:
        raise ApiError(SEARCH, "The search query contains no words.")
    if query.order not in SORTS:
        reject_parameter("order", "Search results can be sorted by relevance, newest or oldest.")
    filters = query.filters().keys() - {"q", "order"}
    rows = apply_filters(Article.objects.all(), query, request) if filters else None
    try:
        return search_articles(
            text,
            page=page,
            size=query.limit,
            filters=FilteredSearch(rows=rows),
            sort=SORTS[query.order],
            with_explanations=False,
        )
    except InvalidQuery as error:
        raise ApiError(SEARCH, error.message) from error


def _page(cursor: str | None, key: str) -> int:
    if not cursor:
        return 1
    (page,) = read_cursor(cursor, key)
    return int(page)


TRANSLATIONS: Final = "translations"
SERIES: Final = "series"
RELATION_FIELDS: Final = (TRANSLATIONS, SERIES)
REFERENCE_FIELDS: Final = ("headline", "language", "state", "year", "month", "slug", "published_at")


def with_relations(rows: ArticleQuerySet, names: list[str]) -> ArticleQuerySet:
    """The rows with the published articles that these fields need: two queries each."""
    if TRANSLATIONS in names:
        others = (
            Article.objects.published()
            .fetch_mode(FETCH_RAISE)
            .only(*REFERENCE_FIELDS, "translation_group")
            .order_by("language")
        )
        rows = rows.prefetch_related(
            Prefetch("translation_group__articles", others, to_attr="readable")
        )
    if SERIES in names:
        order = ("position", "article__published_at", "article_id")
        parts = SeriesPart.objects.filter(article__in=Article.objects.published()).order_by(*order)
        shown = parts.select_related("article").only(
            "series", "position", *(f"article__{name}" for name in REFERENCE_FIELDS)
        )
        rows = rows.select_related("series_part__series").prefetch_related(
            Prefetch("series_part__series__parts", shown, to_attr="readable")
        )
    return rows


def translations(article: Article) -> list[dict[str, Any]]:
    """Its published translations."""
    group: Any = article.translation_group
    return [_reference(each) for each in group.readable if each.pk != article.pk] if group else []


def series(article: Article) -> dict[str, Any] | None:
    """Its series with all published parts, including this one."""
    part = getattr(article, "series_part", None)
    if part is None:
        return None
    return {
        "name": part.series.name,
        "parts": [_reference(each.article) for each in part.series.readable],
    }


def _reference(article: Article) -> dict[str, Any]:
    return {
        "id": article.pk,
        "url": absolute_url(article.get_absolute_url()),
        "headline": article.headline,
        "language": article.language,
    }


RELATED_FIELDS: Final = frozenset(
    {"categories", "tags", "authors", "figures", "corrections", "html"}
)
"""Fields that need more than the article's own row."""

TEXT_FIELDS: Final = ("html", "text")


def _named(row: AuthorProfile | Any, kind: str) -> dict[str, Any]:
    return {
        "id": row.pk,
        "name": row.name,
        "slug": row.slug,
        "url": absolute_url(url_path(kind, row.slug)),
    }


def _category(row: Category) -> dict[str, Any]:
    url = absolute_url(row.get_absolute_url())
    return {"id": row.pk, "name": row.name, "path": row.path, "url": url}


def _figures(article: Article) -> list[dict[str, Any]]:
    """The visible images, each with the caption of its use."""
    return [
        {
            "place": each.place,
            "width": each.width,
            "gallery": each.gallery,
            "url": absolute_url(each.get_absolute_url()),
            "caption_html": with_urls(each.caption, article.urls),  # type: ignore[attr-defined]
            "caption_text": caption_text(each.caption) if each.caption else "",
            "alt_text": each.alt,
            "picture": serialize_image(each.image),
        }
        for each in article.figures.all()
        if each.is_on_page and article.shows(each.image)
    ]


FIELDS: Final = FieldSet.of(
    schemas.Article,
    {
        "url": lambda row: absolute_url(row.get_absolute_url()),
        "canonical_url": lambda row: row.canonical_url or absolute_url(row.get_absolute_url()),
        "licence": lambda row: row.licence_url,
        "kind": lambda row: {"name": row.kind.name, "slug": row.kind.slug},
        "changed_at": lambda row: max(
            filter(None, (row.published_at, row.updated_at)), default=None
        ),
        "categories": lambda row: [
            _category(each.category) for each in row.article_categories.all()
        ],
        "tags": lambda row: [_named(tag, "tag") for tag in row.tags.all()],
        "authors": lambda row: [_named(each.author, "author") for each in row.bylines.all()],
        "figures": _figures,
        "corrections": lambda row: [
            {"text": each.text, "made_at": each.created_at} for each in row.corrections.all()
        ],
        "translations": translations,
        "series": series,
        "comments_url": lambda row: absolute_url(f"/api/v1/comments/?article={row.pk}"),
        "html": lambda row: full_text(
            row, row.figures.all(), row.publication, row.urls, row.embed_titles
        ),
        "text": lambda row: plain_text(row.body),
    },
    on_request=(*TEXT_FIELDS, *RELATION_FIELDS),
)


def with_fields(rows: ArticleQuerySet, names: list[str]) -> ArticleQuerySet:
    """The rows with only the columns and relations that the fields need."""
    rows = rows.for_page() if RELATED_FIELDS.intersection(names) else rows.select_related("kind")
    rows = with_relations(rows, names)
    return rows if any(name in TEXT_FIELDS for name in names) else rows.defer("body")


def serializer_for(
    request: HttpRequest, names: list[str]
) -> Callable[[Iterable[Article]], list[dict[str, Any]]]:
    """The function that serializes the articles of a response, with at most one query for all internal
    links and one for all embeds."""
    publication: Publication | None = publication_of(request) if "html" in names else None

    def serialize(articles: Iterable[Article]) -> list[dict[str, Any]]:
        rows = list(articles)
        bodies = [row.body for row in rows] if "html" in names else []
        has_captions = not {"html", "figures"}.isdisjoint(names)
        figures = [each for row in rows for each in row.figures.all()] if has_captions else []
        urls = urls_for(*bodies, *(each.caption for each in figures))
        titles = titles_for(*bodies)
        for row in rows:
            row.publication, row.urls = publication, urls  # type: ignore[attr-defined]
            row.embed_titles = titles  # type: ignore[attr-defined]
        return [FIELDS.serialize(row, names) for row in rows]

    return serialize


ORDERS: Final = {
    "newest": Order("published_at", is_time=True, descending=True),
    "oldest": Order("published_at", is_time=True),
    "changed": Order("changed", is_time=True),
}
LISTED_ORDERS: Final = {
    "newest": Order(LISTED_AT, is_time=True, descending=True),
    "oldest": Order(LISTED_AT, is_time=True),
}


@operation(
    "/articles/",
    schemas.FoundArticles,
    summary="Articles",
    tag="articles",
    operation_id="articles_api_articles_articles",
)
def articles(
    request: HttpRequest, response: HttpResponse, query: Query[ArticleListQuery]
) -> dict[str, Any]:
    """Published articles that match every filter, newest first.

    `html`, `text`, `translations` and `series` are included only if `fields` names them.
    """
    names = FIELDS.select(query.fields, in_list=True)
    if query.q is not None:
        return search_response(request, response, query, names)
    rows = apply_filters(Article.objects.published(), query, request)
    orders = LISTED_ORDERS if is_listed(query) else ORDERS
    return page_of(
        request,
        response,
        with_fields(rows, names),
        orders[query.order or "newest"],
        query,
        serializer_for(request, names),
    )


@operation(
    "/articles/{int:number}/",
    schemas.Article,
    summary="An article",
    tag="articles",
    operation_id="articles_api_articles_one_article",
)
def article_detail(
    request: HttpRequest, number: Number, query: Query[FieldsQuery]
) -> dict[str, Any]:
    """One published article with its text, images, credits and corrections."""
    names = FIELDS.select(query.fields, in_list=False)
    row = get_object_or_404(with_fields(Article.objects.published(), names), pk=number)
    return serializer_for(request, names)([row])[0]
