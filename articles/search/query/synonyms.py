"""The same question in other words: what editors say means the same."""

import re
from collections.abc import Iterator
from typing import Final

from articles.search.models import Synonyms
from articles.search.query.parser import normalise_query

LONGEST: Final = 4
"""Words of a phrase."""

MOST: Final = 8
"""Ways to ask one question, the reader's own among them."""

SETS: Final = "SELECT * FROM articles_synonyms WHERE keys && %s::varchar[] ORDER BY id"

WORD: Final = re.compile(r'-?"[^"]*"?|[^\s"]+')


def expand_synonyms(words: str) -> list[str]:
    """The query as it was typed, and with its words replaced by their synonyms; in one query.

    What stands in quotes or behind a minus is meant literally and left alone.
    """
    found = dict(_phrases(words))
    if not found:
        return [words]
    variants = [words]
    for synonyms in Synonyms.objects.raw(SETS, [list(found)]):
        for key, phrase in zip(synonyms.keys, synonyms.phrases, strict=True):
            # Every phrase of the set that is in the query gives way to each of the others.
            for typed in synonyms.keys:
                if typed in found and typed != key and key not in found:
                    start, end = found[typed]
                    other = f'"{phrase}"' if " " in phrase else phrase
                    variants.append(f"{words[:start]}{other}{words[end:]}")
    return list(dict.fromkeys(variants))[:MOST]


def _phrases(words: str) -> Iterator[tuple[str, tuple[int, int]]]:
    """Every run of up to four words, as it is compared, and where it stands."""
    tokens = [
        found
        for found in WORD.finditer(words)
        if not found[0].startswith(("-", '"')) and found[0] != "OR"
    ]
    for place in range(len(tokens)):
        for length in range(1, LONGEST + 1):
            run = tokens[place : place + length]
            start, end = run[0].start(), run[-1].end()
            if len(run) == length and '"' not in words[start:end] and " -" not in words[start:end]:
                yield normalise_query(words[start:end]), (start, end)
