"""Records the words of published articles as numbers.

PostgreSQL stems the words and removes stop words and accents. The number of a stem is a checksum of stem
and language, so no table of numbers is needed, and concurrent workers get the same number.
"""

import re
from typing import Final
from zlib import crc32

from django.db import connection

from articles.editorial.models import Article
from articles.editorial.rendering import text_of
from articles.editorial.text_search_config import configuration_for, prepare_text, with_names
from articles.related.models import ArticleTerms

WHOLE: Final = 60_000
"""Characters of a text that are compared, some ten thousand words."""

BREAK: Final = 0
"""Marks, in a sequence of numbers, that two words are not consecutive."""

HEADLINE_COUNTS, STANDFIRST_COUNTS = 3, 2
"""How often the words of headline and standfirst count, compared with those of the text."""

UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")

STEMS: Final = """
SELECT part, lexeme, positions
FROM unnest(%s::text[]) WITH ORDINALITY AS given (words, part),
    unnest(to_tsvector(%s::text::regconfig, words)) AS stem
WHERE length(lexeme) > 1
"""


def stem_number(language: str, stem: str) -> int:
    """Returns the number of a stem, which fits into `integer` and is never 0."""
    return crc32(f"{language}\0{stem}".encode()) - 2**31 or 1


def pair_number(first: int, second: int) -> int:
    """Returns the number of two consecutive stems, which fits into `bigint`."""
    return (first << 32) | (second & 0xFFFFFFFF)


def record_terms(article: Article) -> None:
    """Records the numbers of an article; `document_frequency.update_norms` sets the norms."""
    article_text = text_of(article)
    parts = [article_text.headline, article_text.standfirst, article_text.text[:WHOLE]]
    headline, standfirst, text = (
        [stem_number(article.language, stem) if stem else BREAK for stem in stems]
        for stems in stems_of(parts, article.language)
    )
    sequence = (
        [*headline, BREAK] * HEADLINE_COUNTS + [*standfirst, BREAK] * STANDFIRST_COUNTS + text
    )
    ArticleTerms.objects.update_or_create(
        article=article,
        defaults={"language": article.language, "headline": headline, "stems": sequence},
    )


def stems_of(parts: list[str], language: str) -> list[list[str]]:
    """Returns the stems of each part in order, with an empty one between words that are not consecutive."""
    prepared = [prepare_text(with_names(UNSTORABLE.sub(" ", part))) for part in parts]
    found: list[list[tuple[int, str]]] = [[] for _ in parts]
    with connection.cursor() as cursor:
        cursor.execute(STEMS, [prepared, configuration_for(language)])
        for part, stem, positions in cursor.fetchall():
            found[part - 1] += [(position, stem) for position in positions]
    return [_sequence(each) for each in found]


def _sequence(found: list[tuple[int, str]]) -> list[str]:
    stems: list[str] = []
    last = 0
    for position, stem in sorted(found):
        if position - last > 1 and stems:
            stems.append("")
        stems.append(stem)
        last = position
    return stems


def delete_terms(article_id: int) -> None:
    """Deletes the numbers of an article."""
    ArticleTerms.objects.filter(article_id=article_id).delete()
