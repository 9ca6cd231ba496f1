"""Related articles of an article: its translations and the parts of its series."""

from typing import Any, Final

from django.db.models import FETCH_RAISE, Prefetch

from articles.editorial.models import Article, SeriesPart
from articles.editorial.models.querysets import ArticleQuerySet
from iria.core.http.urls import absolute_url

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
