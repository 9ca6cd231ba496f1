"""Variants of a query with synonyms."""

import re
from collections.abc import Iterator
from typing import Final

from articles.search.models import Synonyms
from articles.search.query.parser import normalise_query

MAX_PHRASE_WORDS: Final = 4

MAX_VARIANTS: Final = 8
"""Including the original query."""

SETS: Final = "SELECT * FROM articles_synonyms WHERE keys && %s::varchar[] ORDER BY id"

WORD: Final = re.compile(r'-?"[^"]*"?|[^\s"]+')


def expand_synonyms(text: str) -> list[str]:
    """Returns the query, and its variants with synonyms, with one database query.

    Quoted and excluded words are not replaced.
    """
    found = dict(_phrases(text))
    if not found:
        return [text]
    variants = [text]
    for synonyms in Synonyms.objects.raw(SETS, [list(found)]):
        for key, phrase in zip(synonyms.keys, synonyms.phrases, strict=True):
            # Every phrase of the set that is in the query is replaced by each of the others.
            for typed in synonyms.keys:
                if typed in found and typed != key and key not in found:
                    start, end = found[typed]
                    other = f'"{phrase}"' if " " in phrase else phrase
                    variants.append(f"{text[:start]}{other}{text[end:]}")
    return list(dict.fromkeys(variants))[:MAX_VARIANTS]


def _phrases(text: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Yields every sequence of up to four words, normalised, with its position."""
    tokens = [
        found
        for found in WORD.finditer(text)
        if not found[0].startswith(("-", '"')) and found[0] != "OR"
    ]
    for first in range(len(tokens)):
        for length in range(1, MAX_PHRASE_WORDS + 1):
            sequence = tokens[first : first + length]
            start, end = sequence[0].start(), sequence[-1].end()
            if len(sequence) == length and not any(mark in text[start:end] for mark in ('"', " -")):
                yield normalise_query(text[start:end]), (start, end)
