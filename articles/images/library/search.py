"""Finding pictures of the library by words, as readers find articles.

Any word suffices, pictures with more of the words stand higher; words are read in every language
of the publication, without accents. What stands in quotes binds, what stands behind a minus is
kept out. The words of a picture are kept by PostgreSQL (`migrations/sql/picture_library.sql`).
"""

import re
from dataclasses import dataclass
from typing import Final

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection, transaction
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable

from articles.images.models import ImageQuerySet

MOST_WORDS: Final = 12
MOST_CONSIDERED: Final = 1000
"""Nobody leafs through more than that; sorting every picture with a common word would take long."""

_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_PART: Final = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_READ: Final = """
SELECT articles_picture_query(words)::text FROM unnest(%s::text[]) WITH ORDINALITY AS said (words)
ORDER BY ordinality
"""
_ONE: Final = "SELECT image_id FROM articles_picturewords WHERE vector @@ %s::tsquery"
_BEST: Final = """
SELECT image_id FROM ({every}) AS held GROUP BY image_id
ORDER BY count(*) DESC, image_id DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class _Asked:
    """What was typed, each part as PostgreSQL has read it."""

    wanted: list[str]
    bound: list[str]
    unwanted: list[str]


def found(pictures: ImageQuerySet, words: str) -> ImageQuerySet:
    """The pictures with any of the words, the best first; all of them, if no word was typed.

    In the whole library no more than the best `MOST_CONSIDERED` are found; among pictures that are
    narrowed already, every one.
    """
    parts = list(_PART.finditer(words.replace("\x00", " ").translate(_QUOTES)))[:MOST_WORDS]
    if not parts:
        return pictures
    texts = [part["word"] if part["phrase"] is None else part["phrase"] for part in parts]
    read = [(part, query) for part, query in zip(parts, _read(texts), strict=True) if query]
    asked = _Asked(
        wanted=[query for part, query in read if not part["minus"]],
        bound=[query for part, query in read if part["phrase"] and not part["minus"]],
        unwanted=[query for part, query in read if part["minus"]],
    )
    if not read:
        return pictures.none()
    if pictures.query.where or not asked.wanted:
        return _ranked(pictures.filter(_holding(asked)), asked)
    return _ranked(pictures.filter(pk__in=_best(asked)), asked)


def _read(texts: list[str]) -> list[str]:
    """Each as every language of the publication reads it; empty for what one of them passes over."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [texts])
        # Most words are the same in every language; asking for one thrice would cost thrice.
        return [" | ".join(dict.fromkeys(query.split(" | "))) for (query,) in cursor.fetchall()]


class _AsRead(SearchQuery):
    """A query that PostgreSQL has read already, so no language reads it again."""

    template = "(%(expressions)s)::tsquery"


def _best(asked: _Asked) -> list[int]:
    """The pictures that hold most of the words, the newest first among equals.

    Each word is looked up in the index; the words of a picture are not read for it. Left to itself
    PostgreSQL would read all of them as soon as a word is common, which takes six times as long.
    """
    one = _ONE + " AND vector @@ %s::tsquery" * len(asked.bound)
    one += " AND NOT vector @@ %s::tsquery" * len(asked.unwanted)
    every = " UNION ALL ".join([one] * len(asked.wanted))
    values = [value for word in asked.wanted for value in (word, *asked.bound, *asked.unwanted)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(_BEST.format(every=every), [*values, MOST_CONSIDERED])
        known = [number for (number,) in cursor.fetchall()]
        cursor.execute("SET LOCAL enable_seqscan = on")
    return known


def _holding(asked: _Asked) -> Q:
    """Any of the words, every phrase, and nothing that is kept out."""
    condition = Q(words__vector=_AsRead(_any(asked.wanted))) if asked.wanted else Q()
    for query in asked.bound:
        condition &= Q(words__vector=_AsRead(query))
    for query in asked.unwanted:
        condition &= ~Q(words__vector=_AsRead(query))
    return condition


def _ranked(pictures: ImageQuerySet, asked: _Asked) -> ImageQuerySet:
    """How many of the words are there comes first, then how much they say of the picture."""
    if not asked.wanted:
        return pictures
    held: Combinable = Value(0)
    for query in asked.wanted:
        one = When(words__vector=_AsRead(query), then=Value(1))
        held = held + Case(one, default=Value(0), output_field=IntegerField())
    closeness = SearchRank(F("words__vector"), _AsRead(_any(asked.wanted)))
    ranked = pictures.alias(held=held, closeness=closeness)
    return ranked.order_by("-held", "-closeness", "-uploaded_at", "-pk")


def _any(queries: list[str]) -> str:
    return " | ".join(f"({query})" for query in queries)
