"""Selects candidates through indexes, so that it is fast with a hundred thousand articles."""

from collections.abc import Mapping
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from articles.editorial.models import Article
from articles.related.models import ArticleTerms

BY_TEXT: Final = 250
"""Candidates by text."""

HEAVIEST: Final = 40
"""Words of an article used to find candidates, those with the highest weights (tf·idf)."""

NEWEST: Final = 20
"""Newest articles with a common tag, category or series, in addition to those by text."""

LINKED: Final = 50
"""Linked articles, in each direction."""

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
"""Each list is read separately from its index, because together they may have every article. The listing of
a category includes its descendants, so the category itself is checked."""


def candidates_for(article: Article, weights: Mapping[int, float]) -> dict[int, ArticleTerms]:
    """Returns the terms of the published candidates in the same language.

    Args:
        weights: the weights of the words of the article.
    """
    ids = _by_words(article.pk, weights) | _newest_by_taxonomy(article) | _linked(article.pk)
    ids -= {article.pk, *article.related_exclusions.values_list("other", flat=True)}
    published = Article.objects.published().filter(pk__in=ids, language=article.language)
    return ArticleTerms.objects.in_bulk(list(published.values_list("pk", flat=True)))


def _by_words(article_id: int, weights: Mapping[int, float]) -> set[int]:
    """Returns the articles with the highest total weight of common words."""
    heaviest = sorted(weights, key=lambda number: (-weights[number], number))[:HEAVIEST]
    values: list[Any] = [heaviest, [weights[number] for number in heaviest], article_id, BY_TEXT]
    with transaction.atomic(), connection.cursor() as cursor:
        # The planner does not know that the array is stored out of line, and would scan the table.
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(BY_WORDS, values)
        ids = {pk for (pk,) in cursor.fetchall()}
        cursor.execute("SET LOCAL enable_seqscan = on")
    return ids


def _newest_by_taxonomy(article: Article) -> set[int]:
    """Returns the newest articles with a common tag, category or series."""
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
    """Returns the articles that the text links to, and those that link to it."""
    outgoing = Article.objects.published().filter(linked_from__article=article_id)
    incoming = Article.objects.published().filter(text_links__other=article_id)
    return {
        *outgoing.newest().values_list("pk", flat=True)[:LINKED],
        *incoming.newest().values_list("pk", flat=True)[:LINKED],
    }
