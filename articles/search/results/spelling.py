"""What was perhaps meant: words that articles hold, near to one that they do not.

Most slips are a single one: a letter left out, added, changed, or two letters swapped. All words that
are one slip away can be written down and looked up, which finds every candidate in a millisecond;
only where there is none are words looked for that share most of their trigrams. The most frequent one
is offered, the same first letter counting for more.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

from django.db import connection

from articles.search.results.snippets import strip_accents
from iria.core.db.statement_timeout import TookTooLong, time_limit

SHORTEST: Final = 4
"""Letters of a word that is looked at: shorter ones are near to everything."""

LONGEST: Final = 30
MOST_WORDS: Final = 6
TIMEOUT_MS: Final = 100
"""Milliseconds for one of the two questions; without an answer nothing is offered."""

RARE: Final = 200
"""A word that is written, but so many times rarer than a near one, may be a slip of the editors."""

OFTEN: Final = 20
"""What stands in more articles than that is a word by now, whatever it was meant to be."""

SAME_START: Final = 1.5
"""What the same first letter counts, beside the logarithm of how many articles hold the word."""

SECOND_EDIT: Final = 4.0
"""What a second slip counts against a word."""

BLOCKS: Final = 2
"""Stretches of Unicode that the letters of one word come from; more is no word of any language."""

MAX_EDITS: Final = 12_000
"""Words one slip away that are looked up for a query; the first of its words come first."""

LETTERS: Final = "abcdefghijklmnopqrstuvwxyz"
TYPED: Final = re.compile(r'(?P<literal>(?<!\S)-?"[^"]*"?|(?<!\S)-\S+|\bOR\b)|(?P<word>[^\W\d_]+)')

KNOWN: Final = """
SELECT typed.word, coalesce(max(lexeme.articles), 0), max(language.articles)
FROM unnest(%s::text[]) AS typed (word)
CROSS JOIN articles_searchlanguage AS language
LEFT JOIN LATERAL unnest(tsvector_to_array(to_tsvector(language.configuration::regconfig, typed.word)))
    AS stem ON true
LEFT JOIN articles_searchlexeme AS lexeme
    ON lexeme.configuration = language.configuration AND lexeme.word = stem
GROUP BY typed.word
HAVING count(stem) = count(DISTINCT language.configuration)
"""
"""How many articles hold each word, and how many there are; stop words of some language are left out."""

ONE_EDIT: Final = """
SELECT slip.typed, known.word, lexeme.articles
FROM unnest(%s::text[], %s::text[]) AS slip (typed, word)
JOIN articles_searchword AS known ON known.word = slip.word
JOIN articles_searchlexeme AS lexeme ON lexeme.id = known.lexeme_id AND lexeme.articles > 0
"""

ALIKE: Final = """
SELECT typed.word, near.word, near.articles
FROM unnest(%s::text[]) AS typed (word) CROSS JOIN LATERAL (
    SELECT known.word, lexeme.articles FROM articles_searchword AS known
    JOIN articles_searchlexeme AS lexeme ON lexeme.id = known.lexeme_id AND lexeme.articles > 0
    WHERE known.word %% typed.word ORDER BY similarity(known.word, typed.word) DESC LIMIT 40
) AS near
"""

LEARN: Final = """
INSERT INTO articles_searchword (configuration, word, lexeme_id)
SELECT DISTINCT ON (new.word) %(configuration)s, new.word, lexeme.id
FROM (
    SELECT word FROM unnest(tsvector_to_array(to_tsvector('pg_catalog.simple', %(text)s))) AS word
    WHERE length(word) BETWEEN %(shortest)s AND %(longest)s AND word ~ '^[[:alpha:]]+$'
        AND NOT EXISTS (SELECT FROM articles_searchword AS known
            WHERE known.word = word.word AND known.configuration = %(configuration)s)
) AS new
CROSS JOIN LATERAL unnest(tsvector_to_array(
    to_tsvector(%(configuration)s::text::regconfig, new.word))) AS stem
JOIN articles_searchlexeme AS lexeme
    ON lexeme.configuration = %(configuration)s AND lexeme.word = stem
ORDER BY new.word
ON CONFLICT DO NOTHING
"""


@dataclass(frozen=True, slots=True)
class SpellingSuggestion:
    """A word that was perhaps meant, and how many articles hold it."""

    word: str
    articles: int


def correct_spelling(words: str) -> str | None:
    """The query with its misspelt words corrected, or None where nothing is misspelt.

    What stands in quotes or behind a minus is meant literally and left alone.
    """
    found = {each["word"].lower() for each in TYPED.finditer(words) if each["word"]}
    typed = sorted(each for each in found if SHORTEST <= len(each) <= LONGEST)[:MOST_WORDS]
    if not typed:
        return None
    try:
        with time_limit(TIMEOUT_MS):
            better = _better(typed)
    except TookTooLong:
        return None
    if not better:
        return None
    return TYPED.sub(lambda each: _instead(each, better), words)


def record_words(configuration: str, text: str) -> None:
    """Remembers the words of a text as they are written; its stems must stand already."""
    values = {"configuration": configuration, "text": text}
    with connection.cursor() as cursor:
        cursor.execute(LEARN, {**values, "shortest": SHORTEST, "longest": LONGEST})


def one_edit_away(word: str) -> set[str]:
    """Every word that is one slip away."""
    letters = LETTERS if word.isascii() else "".join(sorted({*LETTERS, *_script(word)}))
    pairs = [(word[:at], word[at:]) for at in range(len(word) + 1)]
    return {
        *(before + after[1:] for before, after in pairs if after),
        *(before + after[1] + after[0] + after[2:] for before, after in pairs if len(after) > 1),
        *(before + letter + after[1:] for before, after in pairs if after for letter in letters),
        *(before + letter + after for before, after in pairs for letter in letters),
    } - {word}


def edit_distance(one: str, other: str) -> int:
    """Slips between two words, two letters swapped counting as one (Damerau and Levenshtein)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        above, row = row, [i]
        for j, wanted in enumerate(other, 1):
            best = min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != wanted))
            if before and j > 1 and letter == other[j - 2] and one[i - 2] == wanted:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before = above
    return row[-1]


def _better(typed: Sequence[str]) -> dict[str, str]:
    """Misspelt word → what was perhaps meant."""
    with connection.cursor() as cursor:
        cursor.execute(KNOWN, [list(typed)])
        rows = cursor.fetchall()
    known = {word: n for word, n, of in rows if n * RARE < of and n <= OFTEN}
    if not known:
        return {}
    nearest = _nearest(_one_edit_away(known), known)
    unknown = [word for word, articles in known.items() if not articles and word not in nearest]
    if unknown:
        nearest |= _nearest(_alike(unknown), known)
    return nearest


def _one_edit_away(words: Iterable[str]) -> Iterator[tuple[str, SpellingSuggestion]]:
    pairs: list[tuple[str, str]] = []
    for word in words:
        pairs += [(word, slip) for slip in one_edit_away(word)]
        if len(pairs) > MAX_EDITS:
            break
    with connection.cursor() as cursor:
        cursor.execute(ONE_EDIT, [[each[0] for each in pairs], [each[1] for each in pairs]])
        yield from (
            (typed, SpellingSuggestion(word, articles))
            for typed, word, articles in cursor.fetchall()
        )


def _alike(words: Sequence[str]) -> Iterator[tuple[str, SpellingSuggestion]]:
    with connection.cursor() as cursor:
        cursor.execute(ALIKE, [list(words)])
        for typed, word, articles in cursor.fetchall():
            if edit_distance(strip_accents(typed), strip_accents(word)) <= (
                2 if len(typed) > 5 else 1
            ):
                yield typed, SpellingSuggestion(word, articles)


def _nearest(
    found: Iterable[tuple[str, SpellingSuggestion]], known: dict[str, int]
) -> dict[str, str]:
    best: dict[str, tuple[float, str]] = {}
    for typed, near in found:
        if near.articles > known[typed] * RARE:
            apart = max(1, edit_distance(strip_accents(typed), strip_accents(near.word)))
            likely = log(near.articles + 1) - SECOND_EDIT * (apart - 1)
            likely += SAME_START * (near.word[0] == typed[0])
            best[typed] = max(best.get(typed, (-99.0, "")), (likely, near.word))
    return {typed: word for typed, (_, word) in best.items()}


def _instead(each: re.Match[str], better: dict[str, str]) -> str:
    word = each["word"] or ""
    meant = better.get(word.lower())
    if meant is None:
        return each[0]
    return meant.capitalize() if word[:1].isupper() else meant


def _script(word: str) -> Iterator[str]:
    """The letters that stand near the word's own in Unicode: its alphabet, more or less."""
    pages = {ord(letter) >> 6 for letter in word if not letter.isascii()}
    if len(pages) > BLOCKS:
        return
    for page in pages:
        if page << 6 < 0x0800:  # beyond are scripts of too many letters
            letters = (chr(code) for code in range(page << 6, (page + 1) << 6))
            yield from (each for each in letters if each.isalpha() and not each.isupper())
