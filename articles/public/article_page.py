"""Parts of the article page: adjacent articles, series, share links and reading time."""

import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Final, NamedTuple
from urllib.parse import quote

from django.db.models import FETCH_RAISE
from django.db.models.expressions import RawSQL
from django.utils.translation import gettext

from articles.editorial.models import Article
from articles.editorial.models.querysets import ArticleQuerySet
from iria.core.db.compiled_queries import Prepared
from iria.core.http.urls import absolute_url, safe_link
from iria.publication.models import Publication

NEIGHBOURS: Final = """
(SELECT article_id FROM articles_listingentry
    WHERE scope = 'primary' AND target = %s AND language = %s
    AND (published_at, article_id) < (%s, %s) ORDER BY published_at DESC, article_id DESC LIMIT 1)
UNION ALL
(SELECT article_id FROM articles_listingentry
    WHERE scope = 'primary' AND target = %s AND language = %s
    AND (published_at, article_id) > (%s, %s) ORDER BY published_at, article_id LIMIT 1)
UNION ALL
SELECT id FROM articles_article WHERE translation_group_id = %s AND id <> %s
"""
"""SQL, so that every article page needs only one query for it."""

SHOWN: Final = (
    *("headline", "language", "state", "year", "month", "slug", "published_at"),
    *("translation_group", "noindex", "canonical_url"),
)


def _adjacent(
    section: int, language: str, moment: datetime, pk: int, group: int
) -> ArticleQuerySet:
    values = [*[section, language, moment, pk] * 2, group, pk]
    rows = RawSQL(NEIGHBOURS, values)  # noqa: S611 - a constant
    found = Article.objects.published().filter(pk__in=rows).order_by("language")
    return found.only(*SHOWN).fetch_mode(FETCH_RAISE)


_beside = Prepared(_adjacent, [int, str, datetime, int, int])


@dataclass(slots=True)
class AdjacentArticles:
    """The translations and adjacent articles of an article."""

    earlier: Article | None = None
    later: Article | None = None
    translations: list[Article] = field(default_factory=list)


def adjacent_articles(article: Article) -> AdjacentArticles:
    """Published articles only; adjacent ones have the same primary category and language."""
    section = next((row.category_id for row in article.article_categories.all()), None)
    group, moment = article.translation_group_id, article.published_at
    if moment is None or (group is None and section is None):
        return AdjacentArticles()
    result = AdjacentArticles()
    for row in _beside(section or 0, article.language, moment, article.pk, group or 0):
        if group is not None and row.translation_group_id == group:
            result.translations.append(row)
        elif (row.published_at, row.pk) < (moment, article.pk):
            result.earlier = row
        else:
            result.later = row
    return result


PART_FIELDS: Final = ("headline", "language", "state", "year", "month", "slug", "published_at")


@dataclass(frozen=True, slots=True)
class SeriesPosition:
    name: str
    position: int
    count: int
    earlier: Article | None
    later: Article | None


def series_position(article: Article) -> SeriesPosition | None:
    """The position among the published parts; no query for an article without a series."""
    part = getattr(article, "series_part", None)
    if part is None:
        return None
    parts = list(
        Article.objects.published()
        .filter(series_part__series=part.series_id)
        .order_by("series_part__position", "published_at", "pk")
        .only(*PART_FIELDS)
        .fetch_mode(FETCH_RAISE)
    )
    position_here = next(
        (position for position, each in enumerate(parts) if each.pk == article.pk), None
    )
    if position_here is None or len(parts) < 2:
        return None
    return SeriesPosition(
        name=part.series.name,
        position=position_here + 1,
        count=len(parts),
        earlier=parts[position_here - 1] if position_here else None,
        later=parts[position_here + 1] if position_here + 1 < len(parts) else None,
    )


class NavLink(NamedTuple):
    """A link with its label."""

    name: str
    url: str


def share_links(article: Article, publication: Publication) -> list[NavLink]:
    """Links for e-mail and the services that the publication has chosen."""
    url, headline = absolute_url(article.get_absolute_url()), article.sharing_title
    mail = f"mailto:?subject={quote(headline)}&body={quote(url)}"
    return [
        NavLink(gettext("By e-mail"), mail),
        *(
            NavLink(link["name"], safe_link(_fill_pattern(link["address"], url, headline)))
            for link in publication.share_links
        ),
    ]


def _fill_pattern(pattern: str, url: str, headline: str) -> str:
    """The URL pattern with its two placeholders replaced, URL-encoded."""
    parts = pattern.replace("{headline}", "\x00").split("{address}")
    return quote(url, safe="").join(parts).replace("\x00", quote(headline, safe=""))


WORDS_A_MINUTE: Final = 230
SIGNS_A_MINUTE: Final = 450

MARKUP = re.compile(r"<[^>]*>")
SIGN = re.compile(r"[\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff\uac00-\ud7af]")
WORD = re.compile(r"\w+(?:['’]\w+)?")


def minutes_to_read(body: str) -> int:
    """Minutes for a stored body, at least one; Chinese, Japanese and Korean by character."""
    text = MARKUP.sub(" ", body)
    characters = len(SIGN.findall(text))
    word_count = len(WORD.findall(SIGN.sub(" ", text)))
    return max(1, round(word_count / WORDS_A_MINUTE + characters / SIGNS_A_MINUTE))
