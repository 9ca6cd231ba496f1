"""The fields of an article in the API: `FIELDS` has a function for each. Their types: `schemas`."""

from collections.abc import Callable, Iterable
from datetime import datetime
from typing import Any, Final

from django.db.models import FETCH_RAISE, Prefetch
from django.http import HttpRequest

from accounts.models import AuthorProfile
from articles.api.images import serialize_image
from articles.api.parameters import FieldSet
from articles.body.plain_text import caption_text, plain_text
from articles.body.references import with_urls
from articles.editorial.full_text_html import full_text
from articles.editorial.models import Article, Category, SeriesPart
from articles.editorial.models.querysets import ArticleQuerySet
from articles.embeds.link_cards import titles_for
from articles.links.targets import urls_for
from iria.core.http.urls import absolute_url, url_path
from iria.publication.context_processors import publication_of
from iria.publication.models import Publication

TRANSLATIONS: Final = "translations"
SERIES: Final = "series"
RELATIONS: Final = (TRANSLATIONS, SERIES)
SHOWN: Final = ("headline", "language", "state", "year", "month", "slug", "published_at")


def with_relations(rows: ArticleQuerySet, names: list[str]) -> ArticleQuerySet:
    """The rows with the published articles that these fields need: two queries each."""
    if TRANSLATIONS in names:
        others = _readable().only(*SHOWN, "translation_group").order_by("language")
        rows = rows.prefetch_related(
            Prefetch("translation_group__articles", others, to_attr="readable")
        )
    if SERIES in names:
        order = ("position", "article__published_at", "article_id")
        parts = SeriesPart.objects.filter(article__in=Article.objects.published()).order_by(*order)
        shown = parts.select_related("article").only(
            "series", "position", *(f"article__{name}" for name in SHOWN)
        )
        rows = rows.select_related("series_part__series").prefetch_related(
            Prefetch("series_part__series__parts", shown, to_attr="readable")
        )
    return rows


def translations(article: Article) -> list[dict[str, Any]]:
    """The translations of the article."""
    group: Any = article.translation_group
    return [_reference(each) for each in group.readable if each.pk != article.pk] if group else []


def series(article: Article) -> dict[str, Any] | None:
    """Its series with all published parts, including this one."""
    part = getattr(article, "series_part", None)
    if part is None:
        return None
    return {
        "name": part.series.name,
        "parts": [_reference(x.article) for x in part.series.readable],
    }


def _readable() -> ArticleQuerySet:
    return Article.objects.published().fetch_mode(FETCH_RAISE)


def _reference(article: Article) -> dict[str, Any]:
    return {
        "id": article.pk,
        "url": absolute_url(article.get_absolute_url()),
        "headline": article.headline,
        "language": article.language,
    }


RELATED: Final = frozenset({"categories", "tags", "authors", "figures", "corrections", "html"})
"""Fields that need more than the article's own row."""

TEXT: Final = ("html", "text")


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


def _changed_at(article: Article) -> datetime | None:
    dates = [when for when in (article.published_at, article.updated_at) if when]
    return max(dates, default=None)


def _corrections(article: Article) -> list[dict[str, Any]]:
    return [{"text": each.text, "made_at": each.created_at} for each in article.corrections.all()]


FIELDS: Final = FieldSet(
    {
        "id": lambda row: row.pk,
        "url": lambda row: absolute_url(row.get_absolute_url()),
        "canonical_url": lambda row: row.canonical_url or absolute_url(row.get_absolute_url()),
        "first_published_in": lambda row: row.first_published_in,
        "licence": lambda row: row.licence_url,
        "headline": lambda row: row.headline,
        "standfirst": lambda row: row.standfirst,
        "kind": lambda row: {"name": row.kind.name, "slug": row.kind.slug},
        "language": lambda row: row.language,
        "published_at": lambda row: row.published_at,
        "changed_at": _changed_at,
        "categories": lambda row: [_category(x.category) for x in row.article_categories.all()],
        "tags": lambda row: [_named(tag, "tag") for tag in row.tags.all()],
        "authors": lambda row: [_named(x.author, "author") for x in row.bylines.all()],
        "figures": _figures,
        "corrections": _corrections,
        "translations": translations,
        "series": series,
        "comments_open": lambda row: row.comments_open,
        "comments_url": lambda row: absolute_url(f"/api/v1/comments/?article={row.pk}"),
        "html": lambda row: full_text(
            row, row.figures.all(), row.publication, row.urls, row.embed_titles
        ),
        "text": lambda row: plain_text(row.body),
    },
    on_request=(*TEXT, *RELATIONS),
)


def loaded(rows: ArticleQuerySet, names: list[str]) -> ArticleQuerySet:
    """The rows with only the columns and relations that the fields need."""
    rows = rows.for_page() if RELATED.intersection(names) else rows.select_related("kind")
    rows = with_relations(rows, names)
    return rows if any(name in TEXT for name in names) else rows.defer("body")


def serializer_for(
    request: HttpRequest, names: list[str]
) -> Callable[[Iterable[Article]], list[dict[str, Any]]]:
    """The function that serializes the articles of a response; at most one query for all internal links,
    and one for all embeds."""
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
