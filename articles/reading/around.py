"""What stands around an article: its translations, and what came before and after in its section."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Final

from django.db.models import FETCH_RAISE
from django.db.models.expressions import RawSQL

from articles.editorial.models import Article
from articles.editorial.querysets import ArticleQuerySet
from iria.kit.prepared import Prepared

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
"""Written out and in one query, because every reader of an article pays for it."""

SHOWN: Final = (
    *("headline", "language", "state", "year", "month", "slug", "published_at"),
    *("translation_group", "noindex", "canonical_address"),
)


def _found(section: int, language: str, moment: datetime, pk: int, group: int) -> ArticleQuerySet:
    values = [*[section, language, moment, pk] * 2, group, pk]
    rows = RawSQL(NEIGHBOURS, values)  # noqa: S611 - a constant
    found = Article.objects.published().filter(pk__in=rows).order_by("language")
    return found.only(*SHOWN).fetch_mode(FETCH_RAISE)


_beside = Prepared(_found, [int, str, datetime, int, int])


@dataclass(slots=True)
class Around:
    """The articles an article's page leads to besides those that are related."""

    earlier: Article | None = None
    later: Article | None = None
    translations: list[Article] = field(default_factory=list)


def around(article: Article) -> Around:
    """Published ones only; neighbours are of the same primary section and language."""
    section = next((row.category_id for row in article.article_categories.all()), None)
    group, moment = article.translation_group_id, article.published_at
    if moment is None or (group is None and section is None):
        return Around()
    result = Around()
    for row in _beside(section or 0, article.language, moment, article.pk, group or 0):
        if group is not None and row.translation_group_id == group:
            result.translations.append(row)
        elif (row.published_at, row.pk) < (moment, article.pk):
            result.earlier = row
        else:
            result.later = row
    return result
