"""Which articles are compared at all: found through indexes, so that a hundred thousand do no harm."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from articles.editorial.models import Article
from articles.related.models import ArticleTerms

BY_TEXT: Final = 250
"""How many candidates the text brings."""

HEAVIEST: Final = 40
"""Words of an article by which it looks for candidates, the heaviest by how often and how rare."""

NEWEST: Final = 20
"""How many of the newest articles with a common mark are considered beside those of the text."""

LINKED: Final = 50
"""How many linked articles are considered."""

BY_WORDS: Final = """
SELECT terms.article_id
FROM unnest(%s::int[], %s::float8[]) AS heavy (number, weight)
JOIN articles_articleterms AS terms ON terms.stems @> ARRAY[heavy.number]
WHERE terms.article_id <> %s
GROUP BY terms.article_id ORDER BY sum(heavy.weight) DESC, terms.article_id DESC LIMIT %s
"""

BESIDE: Final = """
SELECT article_id FROM (
    SELECT newest.* FROM articles_articletag AS own CROSS JOIN LATERAL (
        SELECT article_id, published_at FROM articles_listingentry
        WHERE scope = 'tag' AND target = own.tag_id AND language = %(language)s
            AND published_at <= %(now)s
        ORDER BY published_at DESC, article_id DESC LIMIT %(most)s
    ) AS newest WHERE own.content_object_id = %(article)s
    UNION
    SELECT newest.* FROM articles_articlecategory AS own CROSS JOIN LATERAL (
        SELECT entry.article_id, entry.published_at FROM articles_listingentry AS entry
        JOIN articles_articlecategory AS filed
            ON filed.article_id = entry.article_id AND filed.category_id = own.category_id
        WHERE entry.scope = 'category' AND entry.target = own.category_id
            AND entry.language = %(language)s AND entry.published_at <= %(now)s
        ORDER BY entry.published_at DESC, entry.article_id DESC LIMIT %(most)s
    ) AS newest WHERE own.article_id = %(article)s
    UNION
    SELECT other.id, other.published_at FROM articles_seriespart AS own
    JOIN articles_seriespart AS part USING (series_id)
    JOIN articles_article AS other ON other.id = part.article_id
    WHERE own.article_id = %(article)s AND other.language = %(language)s
        AND other.state = 'published' AND other.published_at <= %(now)s
) AS beside ORDER BY published_at DESC, article_id DESC LIMIT %(most)s
"""
"""Each list by itself from its index: together they may hold every article. A category's own list also
holds what stands below it, which shares nothing yet."""


def candidates_for(article: Article, weights: Mapping[int, float]) -> dict[int, ArticleTerms]:
    """The readable articles in the same language that may be near, with their words.

    Args:
        weights: the article's words, by how heavy they are.
    """
    wanted = _by_words(article.pk, weights) | _newest_beside(article) | _linked(article.pk)
    wanted -= {article.pk, *article.related_exclusions.values_list("other", flat=True)}
    readable = Article.objects.published().filter(pk__in=wanted, language=article.language)
    return ArticleTerms.objects.in_bulk(list(readable.values_list("pk", flat=True)))


def _by_words(article_id: int, weights: Mapping[int, float]) -> set[int]:
    """Those that hold the most of the article's heavy words."""
    heavy = sorted(weights, key=lambda number: (-weights[number], number))[:HEAVIEST]
    values: list[Any] = [heavy, [weights[number] for number in heavy], article_id, BY_TEXT]
    with transaction.atomic(), connection.cursor() as cursor:
        # The planner does not know that words lie apart from their rows, and would read them all.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(BY_WORDS, values)
        found = {pk for (pk,) in cursor.fetchall()}
        cursor.execute("SET LOCAL enable_seqscan = on")
    return found


def _newest_beside(article: Article) -> set[int]:
    """The newest that share a tag, a category or a series."""
    values: dict[str, Any] = {
        "article": article.pk,
        "language": article.language,
        "now": timezone.now(),
        "most": NEWEST,
    }
    with connection.cursor() as cursor:
        cursor.execute(BESIDE, values)
        return {pk for (pk,) in cursor.fetchall()}


def _linked(article_id: int) -> set[int]:
    """Those that the article's text leads to, and those that lead to it."""
    to = Article.objects.published().filter(linked_from__article=article_id)
    back = Article.objects.published().filter(text_links__other=article_id)
    return {
        *to.newest().values_list("pk", flat=True)[:LINKED],
        *back.newest().values_list("pk", flat=True)[:LINKED],
    }
