"""Full-text search of the image library.

Any word matches, and images with more of the words rank higher; words are parsed in every language
of the publication, without accents. Phrases in quotes are required, a minus excludes. PostgreSQL
maintains the search vectors (`migrations/sql/picture_library.sql`).
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
"""Ranking every image with a common word would take long."""

_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_PART: Final = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_PARSE: Final = """
SELECT articles_picture_query(words)::text FROM unnest(%s::text[]) WITH ORDINALITY AS said (words)
ORDER BY ordinality
"""
_ONE: Final = "SELECT image_id FROM articles_imagesearchvector WHERE vector @@ %s::tsquery"
_BEST: Final = """
SELECT image_id FROM ({every}) AS matches GROUP BY image_id
ORDER BY count(*) DESC, image_id DESC LIMIT %s
"""


@dataclass(frozen=True, slots=True)
class _Query:
    """The parsed query, each part as a tsquery."""

    wanted: list[str]
    required: list[str]
    excluded: list[str]


def search(images: ImageQuerySet, text: str) -> ImageQuerySet:
    """The images that match, the best first; all images for an empty query.

    In the whole library at most the best `MOST_CONSIDERED` are found; among filtered images, all.
    """
    parts = list(_PART.finditer(text.replace("\x00", " ").translate(_QUOTES)))[:MOST_WORDS]
    if not parts:
        return images
    texts = [part["word"] if part["phrase"] is None else part["phrase"] for part in parts]
    parsed = [(part, terms) for part, terms in zip(parts, _parse(texts), strict=True) if terms]
    query = _Query(
        wanted=[terms for part, terms in parsed if not part["minus"]],
        required=[terms for part, terms in parsed if part["phrase"] and not part["minus"]],
        excluded=[terms for part, terms in parsed if part["minus"]],
    )
    if not parsed:
        return images.none()
    if images.query.where or not query.wanted:
        return _ranked(images.filter(_matching(query)), query)
    return _ranked(images.filter(pk__in=_best(query)), query)


def _parse(texts: list[str]) -> list[str]:
    """Each text as a tsquery in every language of the publication; empty for stop words."""
    with connection.cursor() as cursor:
        cursor.execute(_PARSE, [texts])
        # Most words are the same in every language; repeated terms would cost time.
        return [" | ".join(dict.fromkeys(query.split(" | "))) for (query,) in cursor.fetchall()]


class _ParsedQuery(SearchQuery):
    """A tsquery that is parsed already."""

    template = "(%(expressions)s)::tsquery"


def _best(query: _Query) -> list[int]:
    """The ids of images with most of the words, the newest first among equals.

    Each word is looked up in the index. The planner would scan all vectors as soon as a word is
    common, which takes six times as long.
    """
    one = _ONE + " AND vector @@ %s::tsquery" * len(query.required)
    one += " AND NOT vector @@ %s::tsquery" * len(query.excluded)
    every = " UNION ALL ".join([one] * len(query.wanted))
    values = [value for word in query.wanted for value in (word, *query.required, *query.excluded)]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute(_BEST.format(every=every), [*values, MOST_CONSIDERED])
        ids = [pk for (pk,) in cursor.fetchall()]
        cursor.execute("SET LOCAL enable_seqscan = on")
    return ids


def _matching(query: _Query) -> Q:
    """Any of the words, every phrase, and nothing that is excluded."""
    condition = Q(search_vector__vector=_ParsedQuery(_any(query.wanted))) if query.wanted else Q()
    for terms in query.required:
        condition &= Q(search_vector__vector=_ParsedQuery(terms))
    for terms in query.excluded:
        condition &= ~Q(search_vector__vector=_ParsedQuery(terms))
    return condition


def _ranked(images: ImageQuerySet, query: _Query) -> ImageQuerySet:
    """By the number of matching words, then by their rank."""
    if not query.wanted:
        return images
    matches: Combinable = Value(0)
    for terms in query.wanted:
        one = When(search_vector__vector=_ParsedQuery(terms), then=Value(1))
        matches = matches + Case(one, default=Value(0), output_field=IntegerField())
    rank = SearchRank(F("search_vector__vector"), _ParsedQuery(_any(query.wanted)))
    ranked = images.alias(matches=matches, rank=rank)
    return ranked.order_by("-matches", "-rank", "-uploaded_at", "-pk")


def _any(parts: list[str]) -> str:
    return " | ".join(f"({terms})" for terms in parts)
