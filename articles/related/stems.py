"""The words of each published article as numbers, kept for comparing.

PostgreSQL reads the words (stems, stop words, accents). A stem's number is a checksum of it and its
language: no list of numbers has to be kept, and no two workers can give a word two numbers.
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
"""Characters of a text that are compared: some ten thousand words say what it is about."""

BREAK: Final = 0
"""Stands in a sequence of numbers where two words do not follow each other."""

HEADLINE_COUNTS, STANDFIRST_COUNTS = 3, 2
"""How often the words of a headline and a standfirst count, where those of the text count once."""

UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")

STEMS: Final = """
SELECT part, lexeme, positions
FROM unnest(%s::text[]) WITH ORDINALITY AS given (words, part),
    unnest(to_tsvector(%s::text::regconfig, words)) AS stem
WHERE length(lexeme) > 1
"""


def stem_number(language: str, stem: str) -> int:
    """The number of a stem, as PostgreSQL's `integer` holds it; never 0."""
    return crc32(f"{language}\0{stem}".encode()) - 2**31 or 1


def pair_number(first: int, second: int) -> int:
    """The number of two stems that follow each other, as `bigint` holds it."""
    return (first << 32) | (second & 0xFFFFFFFF)


def record_terms(article: Article) -> None:
    """Writes the numbers of an article as it stands now; `rarity` gives the norms."""
    words = text_of(article)
    parts = [words.headline, words.standfirst, words.text[:WHOLE]]
    headline, standfirst, text = (
        [stem_number(article.language, stem) if stem else BREAK for stem in stems]
        for stems in stems_of(parts, article.language)
    )
    whole = [*headline, BREAK] * HEADLINE_COUNTS + [*standfirst, BREAK] * STANDFIRST_COUNTS + text
    ArticleTerms.objects.update_or_create(
        article=article,
        defaults={"language": article.language, "headline": headline, "stems": whole},
    )


def stems_of(parts: list[str], language: str) -> list[list[str]]:
    """Every part's stems in their order, an empty one wherever words do not follow each other."""
    readable = [prepare_text(with_names(UNSTORABLE.sub(" ", part))) for part in parts]
    found: list[list[tuple[int, str]]] = [[] for _ in parts]
    with connection.cursor() as cursor:
        cursor.execute(STEMS, [readable, configuration_for(language)])
        for part, stem, positions in cursor.fetchall():
            found[part - 1] += [(position, stem) for position in positions]
    return [_in_order(each) for each in found]


def _in_order(found: list[tuple[int, str]]) -> list[str]:
    stems: list[str] = []
    last = 0
    for position, stem in sorted(found):
        if position - last > 1 and stems:
            stems.append("")
        stems.append(stem)
        last = position
    return stems


def delete_terms(article_id: int) -> None:
    """Drops an article from what is compared."""
    ArticleTerms.objects.filter(article_id=article_id).delete()
