"""The words around a match, with the match marked. Plain Python: it asks no database.

A word of a text is *suspected* when it begins as a looked-for lexeme does; whether it really is a
form of it, only PostgreSQL's stemmer can say. So texts are looked through for suspects, the caller
has all suspects of a page read at once, and the fragments are cut around those that were right.
That costs a fraction of `ts_headline`, and says which words each fragment shows.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice, takewhile
from typing import Final

from django.utils.html import escape
from django.utils.safestring import SafeString

from articles.editorial.text_search_config import INITIALS, UNSPACED

FRAGMENTS: Final = 3
BEFORE, WITHIN, AFTER = (70, 110, 80)
"""Characters of a fragment: before its first match, from there to its last, and behind."""

WHOLE: Final = 230
"""Characters of the beginning that stands where nothing in the text matches."""

ENOUGH: Final = 12
MAX_CANDIDATES: Final = 40
"""Suspects that are looked at in one text: once every way to begin was seen, and at the very most."""

WORD_CHARACTERS: Final = (
    r"[\w\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0957]"
)

STOPPED: Final = re.compile(r"[a-z](?:[.][a-z])+")
"""The lexeme of U.S., and of US, which is read as that (`editorial.stemming.with_names`)."""

SHORT: Final = re.compile(r"[a-z]{2,4}")
"""The lexeme of UN, and of U.N., which is read as that."""

OTHER_LETTER: Final = re.compile(r"[^\x00-\x7f\W]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word at its place in a text."""

    start: int
    end: int
    word: str


@dataclass(frozen=True, slots=True)
class Match(Token):
    """A word that is a form of what was looked for."""

    lexemes: frozenset[str]


Readings = Mapping[str, Collection[str]]
"""Word as it stands, in small letters → the lexemes it was read as."""


def candidate_tokens(text: str, lexemes: Iterable[str]) -> list[Token]:
    """The words of a text that may be forms of the lexemes."""
    wanted = frozenset(lexemes)
    special = frozenset(
        each for each in wanted if UNSPACED.fullmatch(each) or STOPPED.fullmatch(each)
    )
    tokens = _written_out(text, wanted - special)
    if INITIALS.search(text):
        special |= frozenset(filter(SHORT.fullmatch, wanted))
    return (
        sorted([*tokens, *_special(text, special)], key=lambda token: token.start)
        if special
        else tokens
    )


def _written_out(text: str, lexemes: frozenset[str]) -> list[Token]:
    starts, plain, any_letters = _beginnings(lexemes)
    lower = text.lower()
    if len(lower) != len(text):
        lower = text
    if not starts:
        return []
    if OTHER_LETTER.search(lower):
        return list(_candidates(lower, starts, any_letters))
    if not any(start in lower for start in starts):
        return []
    return list(_candidates(lower, starts, plain))


def _special(text: str, lexemes: frozenset[str]) -> Iterator[Token]:
    """Pairs of signs, wherever they stand in a run that has no blanks, and names of initials."""
    for lexeme in sorted(lexemes):
        form = re.escape(lexeme)
        if STOPPED.fullmatch(lexeme):
            form = rf"\b{'[.]?'.join(lexeme.upper().split('.'))}(?!\w)[.]?"
        elif SHORT.fullmatch(lexeme):
            form = rf"\b{'[.]'.join(lexeme.upper())}(?!\w)[.]?"
        for each in islice(re.finditer(form, text), ENOUGH):
            yield Token(each.start(), each.end(), lexeme)


def _candidates(lower: str, starts: frozenset[str], pattern: re.Pattern[str]) -> Iterator[Token]:
    found, unseen = 0, set(starts)
    for each in pattern.finditer(lower):
        word = each[0]
        if word.isascii() or _begins(word, starts):
            yield Token(each.start(), each.end(), word)
            found += 1
            unseen = {start for start in unseen if start not in word}
            if found == MAX_CANDIDATES or (found >= ENOUGH and not unseen):
                return


@lru_cache(maxsize=200)
def _beginnings(
    lexemes: frozenset[str],
) -> tuple[frozenset[str], re.Pattern[str], re.Pattern[str]]:
    """How forms of the lexemes begin, and two patterns: a word that begins so; and also one that holds a
    letter which may be another one with an accent, which takes four times as long to look for."""
    starts = frozenset(each[:-1] if len(each) > 3 else each for each in lexemes if each)
    plain = "|".join(re.escape(each) for each in sorted(starts))
    begun = rf"(?:{plain}){WORD_CHARACTERS}*"
    other = rf"[a-z]*[^\x00-\x7f\W]{WORD_CHARACTERS}*"
    return starts, re.compile(rf"\b{begun}"), re.compile(rf"\b(?:{begun}|{other})")


def _begins(word: str, starts: Iterable[str]) -> bool:
    """Without accents, it begins so; an Arabic word may carry an article before it."""
    plain = strip_accents(word)
    return any(start in plain[: len(start) + 3] for start in starts)


@lru_cache(maxsize=4000)
def strip_accents(word: str) -> str:
    parts = unicodedata.normalize("NFKD", word)
    return "".join(each for each in parts if not unicodedata.combining(each))


def matches(tokens: Iterable[Token], readings: Readings, lexemes: Collection[str]) -> list[Match]:
    """The suspects that were right."""
    wanted = frozenset(lexemes)
    return [
        Match(token.start, token.end, token.word, shown)
        for token in tokens
        if (shown := wanted.intersection(readings.get(token.word, ())))
    ]


def matched_lexemes(found: Iterable[Match]) -> set[str]:
    """The lexemes that the matches show."""
    return {lexeme for match in found for lexeme in match.lexemes}


def snippet(text: str, found: Sequence[Match]) -> SafeString:
    """Up to three fragments that together show as many of the words as they can; safe HTML.

    Where nothing matches, the text's beginning.
    """
    pieces = [_bounds(text, group) for group in _groups(found)] or [(0, _end(text, 0, WHOLE))]
    first, last = pieces[0][0], pieces[-1][1]
    before = "… " if first and text[first - 1] != "\n" and text[first - 2] != "." else ""
    after = " …" if last < len(text) and text[last] != "\n" else ""
    highlight = " … ".join(_highlight(text, start, end, found) for start, end in pieces)
    # Every word was escaped; only `mark` is markup.
    return SafeString(f"{before}{highlight}{after}")


def highlight(text: str, found: Sequence[Match]) -> SafeString:
    """The whole text as safe HTML, with its matches marked."""
    return SafeString(_highlight(text, 0, len(text), found))


def _groups(found: Sequence[Match]) -> list[list[Match]]:
    """Matches that stand near each other, in the groups that show most, as they follow in the text."""
    chosen: list[list[Match]] = []
    shown: set[str] = set()
    pool = list(found)
    while pool and len(chosen) < FRAGMENTS:
        groups = [_from(pool, place) for place in range(len(pool))]
        best = max(groups, key=lambda group: (len(matched_lexemes(group) - shown), len(group)))
        if len(chosen) > 1 and not matched_lexemes(best) - shown:
            break
        chosen.append(best)
        shown |= matched_lexemes(best)
        first, last = best[0].start - BEFORE - AFTER, best[-1].end + BEFORE + AFTER
        pool = [each for each in pool if each.end < first or each.start > last]
    return sorted(chosen, key=lambda group: group[0].start)


def _from(pool: Sequence[Match], place: int) -> list[Match]:
    """The match at a place and those that still fit into a fragment beginning with it."""
    limit = pool[place].start + WITHIN
    return list(takewhile(lambda each: each.start < limit, pool[place:]))


def _bounds(text: str, group: Sequence[Match]) -> tuple[int, int]:
    """Where a fragment begins and ends: with a sentence or between words, within its paragraphs."""
    match = group[0].start
    start = max(0, match - BEFORE)
    line = text.rfind("\n", start, match)
    sentence = text.rfind(". ", start, match)
    if line >= 0 or sentence >= 0:
        start = max(line + 1, sentence + 2)
    elif start:
        space = text.find(" ", start, match)
        start = space + 1 if space >= 0 else start
    return start, _end(text, group[-1].end, AFTER)


def _end(text: str, after: int, most: int) -> int:
    """The last gap between words at most so many characters behind a place."""
    if len(text) <= after + most:
        line = text.find("\n", after)
        return len(text) if line < 0 else line
    line = text.find("\n", after, after + most)
    if line >= 0:
        return line
    space = text.rfind(" ", after, after + most)
    return space if space > after else after + most


def _highlight(text: str, start: int, end: int, found: Iterable[Match]) -> str:
    parts, at = [], start
    for match in found:
        if match.start >= at and match.end <= end:
            parts += [
                escape(text[at : match.start]),
                f"<mark>{escape(text[match.start : match.end])}</mark>",
            ]
            at = match.end
    parts.append(escape(text[at:end]))
    return "".join(parts)
