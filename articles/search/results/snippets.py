"""Snippets: fragments of text around matches, which are highlighted. Uses no database.

A word is a *candidate* if it begins like a lexeme of the query; only PostgreSQL can tell whether it is a
form of it. So candidates are collected from the texts, the caller determines the lexemes of all
candidates of a page with one query, and the fragments are built around those that match. This takes a
fraction of the time of `ts_headline`, and tells which lexemes each fragment shows.
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
"""Characters of a fragment: before its first match, from there to its last, and after it."""

WHOLE: Final = 230
"""Characters of the beginning of the text, which is shown if nothing in it matches."""

ENOUGH: Final = 12
MAX_CANDIDATES: Final = 40
"""Candidates per text: once every beginning was found, and at most."""

WORD_CHARACTERS: Final = (
    r"[\w\u0300-\u036f\u0591-\u05c7\u0610-\u061a\u064b-\u065f\u0670\u0900-\u0957]"
)

STOPPED: Final = re.compile(r"[a-z](?:[.][a-z])+")
"""The lexeme of U.S., and of US, which is parsed as that (`editorial.text_search_config.with_names`)."""

SHORT: Final = re.compile(r"[a-z]{2,4}")
"""The lexeme of UN, and of U.N., which is parsed as that."""

OTHER_LETTER: Final = re.compile(r"[^\x00-\x7f\W]")


@dataclass(frozen=True, slots=True)
class Token:
    """A word with its position in a text."""

    start: int
    end: int
    word: str


@dataclass(frozen=True, slots=True)
class Match(Token):
    """A word that is a form of a lexeme of the query."""

    lexemes: frozenset[str]


LexemesByWord = Mapping[str, Collection[str]]
"""The lexemes of each word, in lower case."""


def candidate_tokens(text: str, lexemes: Iterable[str]) -> list[Token]:
    """Returns the candidates: words of a text that may be forms of the lexemes."""
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
    """Yields character pairs in text without spaces, and abbreviations such as U.N."""
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
    """Returns the beginnings of the forms of lexemes, and two patterns for such words.

    The second one also matches accented letters, and takes four times as long.
    """
    starts = frozenset(each[:-1] if len(each) > 3 else each for each in lexemes if each)
    plain = "|".join(re.escape(each) for each in sorted(starts))
    begun = rf"(?:{plain}){WORD_CHARACTERS}*"
    other = rf"[a-z]*[^\x00-\x7f\W]{WORD_CHARACTERS}*"
    return starts, re.compile(rf"\b{begun}"), re.compile(rf"\b(?:{begun}|{other})")


def _begins(word: str, starts: Iterable[str]) -> bool:
    """Whether a word begins so without accents; an Arabic word may have an article before it."""
    plain = strip_accents(word)
    return any(start in plain[: len(start) + 3] for start in starts)


@lru_cache(maxsize=4000)
def strip_accents(word: str) -> str:
    parts = unicodedata.normalize("NFKD", word)
    return "".join(each for each in parts if not unicodedata.combining(each))


def matches(
    tokens: Iterable[Token], lexemes_by_word: LexemesByWord, lexemes: Collection[str]
) -> list[Match]:
    """Returns the candidates that match."""
    wanted = frozenset(lexemes)
    return [
        Match(token.start, token.end, token.word, shown)
        for token in tokens
        if (shown := wanted.intersection(lexemes_by_word.get(token.word, ())))
    ]


def matched_lexemes(found: Iterable[Match]) -> set[str]:
    """Returns the lexemes of matches."""
    return {lexeme for match in found for lexeme in match.lexemes}


def snippet(text: str, found: Sequence[Match]) -> SafeString:
    """Returns up to three fragments with as many of the words as possible, as safe HTML.

    Without a match, returns the beginning of the text.
    """
    pieces = [_bounds(text, group) for group in _groups(found)] or [(0, _end(text, 0, WHOLE))]
    first, last = pieces[0][0], pieces[-1][1]
    before = "… " if first and text[first - 1] != "\n" and text[first - 2] != "." else ""
    after = " …" if last < len(text) and text[last] != "\n" else ""
    highlight = " … ".join(_highlight(text, start, end, found) for start, end in pieces)
    # All text is escaped; only `mark` is markup.
    return SafeString(f"{before}{highlight}{after}")


def highlight(text: str, found: Sequence[Match]) -> SafeString:
    """Returns the whole text as safe HTML, with its matches highlighted."""
    return SafeString(_highlight(text, 0, len(text), found))


def _groups(found: Sequence[Match]) -> list[list[Match]]:
    """Groups matches near each other; returns the groups with most lexemes, in the order of the text."""
    chosen: list[list[Match]] = []
    shown: set[str] = set()
    pool = list(found)
    while pool and len(chosen) < FRAGMENTS:
        groups = [_from(pool, index) for index in range(len(pool))]
        best = max(groups, key=lambda group: (len(matched_lexemes(group) - shown), len(group)))
        if len(chosen) > 1 and not matched_lexemes(best) - shown:
            break
        chosen.append(best)
        shown |= matched_lexemes(best)
        first, last = best[0].start - BEFORE - AFTER, best[-1].end + BEFORE + AFTER
        pool = [each for each in pool if each.end < first or each.start > last]
    return sorted(chosen, key=lambda group: group[0].start)


def _from(pool: Sequence[Match], index: int) -> list[Match]:
    """Returns a match and the following ones that fit into the same fragment."""
    limit = pool[index].start + WITHIN
    return list(takewhile(lambda each: each.start < limit, pool[index:]))


def _bounds(text: str, group: Sequence[Match]) -> tuple[int, int]:
    """Returns the bounds of a fragment: at a sentence or between words, within its paragraph."""
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


def _end(text: str, after: int, limit: int) -> int:
    """Returns the end of the last word within a number of characters after a position."""
    if len(text) <= after + limit:
        line = text.find("\n", after)
        return len(text) if line < 0 else line
    line = text.find("\n", after, after + limit)
    if line >= 0:
        return line
    space = text.rfind(" ", after, after + limit)
    return space if space > after else after + limit


def _highlight(text: str, start: int, end: int, found: Iterable[Match]) -> str:
    parts, position = [], start
    for match in found:
        if match.start >= position and match.end <= end:
            parts += [
                escape(text[position : match.start]),
                f"<mark>{escape(text[match.start : match.end])}</mark>",
            ]
            position = match.end
    parts.append(escape(text[position:end]))
    return "".join(parts)
