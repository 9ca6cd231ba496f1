"""Scores candidates and selects neighbours.

The score is a weighted sum of parts between 0 and 1. The text decides; taxonomy, links and dates order
articles whose texts are equally similar. Every weight was evaluated (docs/algorithms/related.md).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any, Final

from django.db import connection, transaction
from django.utils import timezone

from articles.editorial.models import Article
from articles.related import reasons
from articles.related.models import ArticleTerms
from articles.related.reasons import ArticleLinks, TaxonomyFeatures
from articles.related.similarity import TextSimilarity

MAX_BY_TEXT: Final = 250
"""Maximum number of candidates by text."""

MAX_WORDS: Final = 40
"""Maximum number of words of an article that are used to find candidates, those with the highest weights (tf·idf)."""

MAX_BY_TAXONOMY: Final = 20
"""Maximum number of the newest articles with a common tag, category or series, in addition to those by text."""

MAX_LINKED: Final = 50
"""Maximum number of linked articles, in each direction."""

BY_WORDS: Final = """
SELECT terms.article_id
FROM unnest(%s::int[], %s::float8[]) AS own_words (number, weight)
JOIN articles_articleterms AS terms ON terms.stems @> ARRAY[own_words.number]
WHERE terms.article_id <> %s
GROUP BY terms.article_id ORDER BY sum(own_words.weight) DESC, terms.article_id DESC LIMIT %s
"""

BY_TAXONOMY: Final = """
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
        JOIN articles_articlecategory AS assigned
            ON assigned.article_id = entry.article_id AND assigned.category_id = own.category_id
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
) AS candidates ORDER BY published_at DESC, article_id DESC LIMIT %(most)s
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
    heaviest = sorted(weights, key=lambda number: (-weights[number], number))[:MAX_WORDS]
    values: list[Any] = [
        heaviest,
        [weights[number] for number in heaviest],
        article_id,
        MAX_BY_TEXT,
    ]
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
        "most": MAX_BY_TAXONOMY,
    }
    with connection.cursor() as cursor:
        cursor.execute(BY_TAXONOMY, values)
        return {pk for (pk,) in cursor.fetchall()}


def _linked(article_id: int) -> set[int]:
    """Returns the articles that the text links to, and those that link to it."""
    outgoing = Article.objects.published().filter(linked_from__article=article_id)
    incoming = Article.objects.published().filter(text_links__other=article_id)
    return {
        *outgoing.newest().values_list("pk", flat=True)[:MAX_LINKED],
        *incoming.newest().values_list("pk", flat=True)[:MAX_LINKED],
    }


@dataclass(frozen=True, slots=True)
class Neighbour:
    article_id: int
    score: float
    parts: Mapping[str, float]
    """The weighted parts of the score."""

    reasons: Mapping[str, Any] = field(default_factory=dict)
    """What the two articles share, by name."""


SHOWN: Final = 4
"""The number that readers see; at most `MAX_OF_ONE_EVENT` of them are about one event."""

MAX_OF_ONE_EVENT: Final = 2
MAX_CONSIDERED: Final = 16
"""Maximum number of the best neighbours that are reordered."""

DAY: Final = timedelta(days=1)

MIN_SHARE: Final = 0.5
"""The share of the score of a postponed article that an article needs to come before it."""

SAME_EVENT_SIMILARITY: Final = 0.2
"""From this similarity of words on, two articles of one day are about the same event."""


def diversify(
    found: Sequence[Neighbour],
    dates: Mapping[int, datetime],
    terms: Mapping[int, ArticleTerms],
) -> list[Neighbour]:
    """Reorders neighbours so that a third article on the event of a day comes later.

    The article that replaces it needs at least half its score: an unrelated article is not shown just
    for diversity.
    """
    shown: list[Neighbour] = []
    postponed: list[Neighbour] = []
    for each in found[:MAX_CONSIDERED]:
        while postponed and each.score < MIN_SHARE * postponed[0].score:
            shown.append(postponed.pop(0))
        if len(shown) >= SHOWN:
            break
        if _count_same_event(each, shown, dates, terms) < MAX_OF_ONE_EVENT:
            shown.append(each)
        else:
            postponed.append(each)
    shown_ids = {each.article_id for each in shown}
    return [*shown, *(each for each in found if each.article_id not in shown_ids)]


def _count_same_event(
    each: Neighbour,
    shown: Sequence[Neighbour],
    dates: Mapping[int, datetime],
    terms: Mapping[int, ArticleTerms],
) -> int:
    """Returns how many of the shown articles are about the same event."""
    published = dates[each.article_id]
    same_day = [
        terms[other.article_id]
        for other in shown
        if abs(dates[other.article_id] - published) <= DAY
    ]
    if len(same_day) < MAX_OF_ONE_EVENT:
        return 0
    similarity = TextSimilarity(terms[each.article_id])
    return sum(
        sum(similarity.shared_words(other).values()) >= SAME_EVENT_SIMILARITY for other in same_day
    )


WEIGHTS: Final = {
    "words": 1.0,
    "pairs": 1.0,
    "headline": 0.05,
    "links": 0.2,
    "beside": 0.4,
    "tags": 0.08,
    "categories": 0.06,
    "authors": 0.06,
    "series": 0.3,
    "time": 0.02,
}
"""The weights of all parts of the score."""

TEXT_PARTS: Final = ("words", "pairs", "headline")


@dataclass(frozen=True, slots=True)
class Comparison:
    """An article compared with its candidates."""

    similarity: TextSimilarity
    candidates: Mapping[int, ArticleTerms]
    taxonomy: TaxonomyFeatures
    links: ArticleLinks
    found: Sequence[Neighbour]
    """Every candidate with its score, the best first."""


def neighbours(article: Article, *, limit: int) -> list[Neighbour]:
    """Returns the most similar published articles in the same language, the best first."""
    comparison = compare(article)
    if comparison is None:
        return []
    selected = diversify(comparison.found, comparison.taxonomy.dates, comparison.candidates)[:limit]
    others = [comparison.candidates[each.article_id] for each in selected]
    spellings = reasons.TermSpellings(article, comparison.similarity, others)
    return [
        replace(
            each,
            reasons=reasons.collect_reasons(
                each.article_id, spellings, comparison.taxonomy, comparison.links
            ),
        )
        for each in selected
    ]


def compare(article: Article) -> Comparison | None:
    """Compares an article with its candidates; returns None if its terms are not recorded yet."""
    own = ArticleTerms.objects.filter(article=article).first()
    if own is None:
        return None
    similarity = TextSimilarity(own)
    candidates = candidates_for(article, similarity.weights)
    taxonomy, links = TaxonomyFeatures(article, candidates), ArticleLinks(article.pk, candidates)
    texts = similarity.parts(candidates.values())
    similarities = {
        pk: sum(WEIGHTS[name] * parts[name] for name in TEXT_PARTS) for pk, parts in texts.items()
    }
    found = []
    for pk, parts in texts.items():
        link_parts = {
            "links": float(links.is_linked(pk)),
            "beside": links.linked_beside(pk, similarities),
        }
        weighted = {
            name: WEIGHTS[name] * part
            for name, part in (parts | taxonomy.parts(pk) | link_parts).items()
        }
        found.append(Neighbour(pk, sum(weighted.values()), weighted))
    found.sort(key=lambda neighbour: (-neighbour.score, -neighbour.article_id))
    return Comparison(similarity, candidates, taxonomy, links, found)
