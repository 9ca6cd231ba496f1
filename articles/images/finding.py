"""Finding pictures of the library by words, as readers find articles.

Any word suffices, pictures with more of the words stand higher; words are read in every language
of the publication, without accents. What stands in quotes binds, what stands behind a minus is
kept out. The words of a picture are kept by PostgreSQL (migration `library_of_pictures`).
"""

import re
from typing import Final

from django.contrib.postgres.search import SearchQuery, SearchRank
from django.db import connection
from django.db.models import Case, F, IntegerField, Q, Value, When
from django.db.models.expressions import Combinable

from articles.images.models import ImageQuerySet

MOST_WORDS: Final = 12

_QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»", '"'))
_PART: Final = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')
_READ: Final = """
SELECT articles_picture_query(words)::text FROM unnest(%s::text[]) WITH ORDINALITY AS said (words)
ORDER BY ordinality
"""


def found(pictures: ImageQuerySet, words: str) -> ImageQuerySet:
    """The pictures with any of the words, the best first; all of them, if no word was typed."""
    parts = list(_PART.finditer(words.replace("\x00", " ").translate(_QUOTES)))[:MOST_WORDS]
    if not parts:
        return pictures
    texts = [part["word"] if part["phrase"] is None else part["phrase"] for part in parts]
    read = list(zip(parts, _read(texts), strict=True))
    wanted = [query for part, query in read if query and not part["minus"]]
    unwanted = [query for part, query in read if query and part["minus"]]
    bound = [query for part, query in read if query and part["phrase"] and not part["minus"]]
    if not wanted and not unwanted:
        return pictures.none()
    for query in bound:
        pictures = pictures.filter(_holds(query))
    for query in unwanted:
        pictures = pictures.exclude(_holds(query))
    return _ranked(pictures, wanted) if wanted else pictures


def _read(texts: list[str]) -> list[str]:
    """Each as every language of the publication reads it; empty for what one of them passes over."""
    with connection.cursor() as cursor:
        cursor.execute(_READ, [texts])
        return [query for (query,) in cursor.fetchall()]


def _ranked(pictures: ImageQuerySet, wanted: list[str]) -> ImageQuerySet:
    anything = " | ".join(f"({query})" for query in wanted)
    held: Combinable = Value(0)
    for query in wanted:
        one = When(_holds(query), then=Value(1))
        held = held + Case(one, default=Value(0), output_field=IntegerField())
    return (
        pictures.filter(_holds(anything))
        .alias(held=held, closeness=SearchRank(F("words__vector"), _AsRead(anything)))
        .order_by("-held", "-closeness", "-uploaded_at", "-pk")
    )


class _AsRead(SearchQuery):
    """A query that PostgreSQL has read already, so no language reads it again."""

    template = "(%(expressions)s)::tsquery"


def _holds(query: str) -> Q:
    return Q(words__vector=_AsRead(query))
