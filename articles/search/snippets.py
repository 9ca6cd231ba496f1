"""Snippets: fragments of text around matches, which are highlighted; why an article matches.

A word is a *candidate* if it begins like a lexeme of the query; only PostgreSQL can tell whether it is a
form of it. So candidates are collected from the texts, the lexemes of all candidates of a page are
determined with one query, and the fragments are built around those that match. This takes a
fraction of the time of `ts_headline`, and tells which lexemes each fragment shows.

`explain` says why an article matches: fragments of its text, a caption, a credit, a topic. It takes two
queries for a page of results – the texts, and the lexemes of the candidate words – and a third
one for the images of captions.
"""

import re
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from itertools import islice, takewhile
from typing import Final

from django.utils.html import escape
from django.utils.safestring import SafeString

from articles.body.tree import caption_text
from articles.editorial.models import Article
from articles.editorial.text_search_config import INITIALS, UNSPACED
from articles.images.models import Image
from iria.core.db.replica import reading

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
    remaining = list(found)
    while remaining and len(chosen) < FRAGMENTS:
        groups = [_from(remaining, index) for index in range(len(remaining))]
        best = max(groups, key=lambda group: (len(matched_lexemes(group) - shown), len(group)))
        if len(chosen) > 1 and not matched_lexemes(best) - shown:
            break
        chosen.append(best)
        shown |= matched_lexemes(best)
        first, last = best[0].start - BEFORE - AFTER, best[-1].end + BEFORE + AFTER
        remaining = [each for each in remaining if each.end < first or each.start > last]
    return sorted(chosen, key=lambda group: group[0].start)


def _from(remaining: Sequence[Match], index: int) -> list[Match]:
    """Returns a match and the following ones that fit into the same fragment."""
    limit = remaining[index].start + WITHIN
    return list(takewhile(lambda each: each.start < limit, remaining[index:]))


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


MAX_TEXT_LENGTH: Final = 60_000
"""Characters of a text that are examined."""

TEXTS: Final = """
SELECT entry.article_id, entry.configuration, left(entry.text, %(read)s),
    tsvector_to_array(to_tsvector(entry.configuration::regconfig, %(words)s)),
    ARRAY(SELECT ARRAY[figure.image_id::text, figure.caption, image.credit]
        FROM articles_figure AS figure JOIN articles_image AS image ON image.id = figure.image_id
        WHERE figure.article_id = entry.article_id AND figure.place <> 'social' ORDER BY figure.position),
    ARRAY(SELECT tag.name FROM articles_articletag AS worn
        JOIN taggit_tag AS tag ON tag.id = worn.tag_id
        WHERE worn.content_object_id = entry.article_id ORDER BY tag.name)
FROM articles_searchentry AS entry WHERE entry.article_id = ANY(%(articles)s)
"""

READ_WORDS: Final = """
SELECT configuration, word, tsvector_to_array(to_tsvector(configuration::regconfig, word))
FROM unnest(%s::text[], %s::text[]) AS suspected (configuration, word)
"""

NOTHING: Final = SafeString("")


@dataclass(frozen=True, slots=True)
class CaptionMatch:
    """A matching caption, with its image."""

    text: SafeString
    image: Image | None = None
    shows: frozenset[str] | set[str] = frozenset()


@dataclass(frozen=True, slots=True)
class MatchExplanation:
    """The explanation of a match; every text is safe HTML."""

    headline: SafeString = NOTHING
    snippet: SafeString = NOTHING
    caption: CaptionMatch | None = None
    credit: SafeString = NOTHING
    topic: SafeString = NOTHING


@dataclass(slots=True)
class _Part:
    """A text of an article, and its candidate words."""

    text: str
    tokens: list[Token]
    image_id: int = 0
    found: list[Match] = field(default_factory=list)

    @property
    def shows(self) -> set[str]:
        return matched_lexemes(self.found)

    @property
    def highlighted(self) -> SafeString:
        return highlight(self.text, self.found)


@dataclass(slots=True)
class _Parts:
    """The texts of an article that are examined."""

    configuration: str
    lexemes: list[str]
    text: _Part
    seen: list[_Part]
    """What the card shows in any case: headline and authors."""
    captions: list[_Part]
    credits: list[_Part]
    tags: list[_Part]

    def all(self) -> Iterator[_Part]:
        yield from (self.text, *self.seen, *self.captions, *self.credits, *self.tags)


def explain(articles: Mapping[int, Article], text: str) -> dict[int, MatchExplanation]:
    """Returns the explanations by article; articles as from `for_cards()`.

    Args:
        text: the words to explain, without excluded ones.
    """
    with reading.cursor() as cursor:
        cursor.execute(TEXTS, {"read": MAX_TEXT_LENGTH, "words": text, "articles": list(articles)})
        found = {pk: _parts(articles[pk], *row) for pk, *row in cursor.fetchall()}
    _confirm(found.values())
    captions = {pk: caption for pk, parts in found.items() if (caption := _caption(parts))}
    images = Image.objects.in_bulk({part.image_id for part in captions.values()})
    return {
        pk: _explanation(parts, _with_image(articles[pk], captions.get(pk), images))
        for pk, parts in found.items()
    }


def _with_image(
    article: Article, caption: _Part | None, images: Mapping[int, Image]
) -> CaptionMatch | None:
    """The caption with its picture, as long as that may be seen."""
    if caption is None:
        return None
    image = images.get(caption.image_id)
    return CaptionMatch(caption.highlighted, image if article.shows(image) else None, caption.shows)


def _parts(
    article: Article,
    configuration: str,
    text: str,
    lexemes: list[str],
    figures: list[list[str]],
    tags: list[str],
) -> _Parts:
    def part(text: str, image_id: int = 0) -> _Part:
        return _Part(text, candidate_tokens(text, lexemes), image_id)

    names = [row.author.name for row in article.bylines.all()]
    return _Parts(
        configuration=configuration,
        lexemes=lexemes,
        text=part(text),
        seen=[part(each) for each in (article.headline, *names)],
        captions=[part(caption_text(each), int(pk)) for pk, each, _credit in figures if each],
        credits=[part(each) for each in dict.fromkeys(row[2] for row in figures) if each],
        tags=[part(each) for each in tags],
    )


def _confirm(found: Iterable[_Parts]) -> None:
    """Determines the lexemes of the candidate words, with one query, and sets the matches."""
    pairs = sorted(
        {
            (parts.configuration, token.word)
            for parts in found
            for part in parts.all()
            for token in part.tokens
        }
    )
    lexemes_by_configuration: dict[str, dict[str, list[str]]] = {}
    if pairs:
        with reading.cursor() as cursor:
            cursor.execute(READ_WORDS, [[each[0] for each in pairs], [each[1] for each in pairs]])
            for configuration, word, lexemes in cursor.fetchall():
                lexemes_by_configuration.setdefault(configuration, {})[word] = lexemes
    for parts in found:
        lexemes_by_word = lexemes_by_configuration.get(parts.configuration, {})
        for part in parts.all():
            part.found = matches(part.tokens, lexemes_by_word, parts.lexemes)


def _caption(parts: _Parts) -> _Part | None:
    """Returns the caption with a match that nothing else shows, or with all of several words."""
    matched_above = _matched_above(parts)
    best = max(
        parts.captions,
        key=lambda part: (len(part.shows - matched_above), len(part.shows)),
        default=None,
    )
    if best is None:
        return None
    has_all = len(parts.lexemes) > 1 and best.shows.issuperset(parts.lexemes)
    return best if best.shows - matched_above or has_all else None


def _explanation(parts: _Parts, caption: CaptionMatch | None) -> MatchExplanation:
    matched_above = _matched_above(parts) | (caption.shows if caption else set())
    credit = _first_with_new(parts.credits, matched_above)
    matched_above |= credit.shows if credit else set()
    topic = _first_with_new(parts.tags, matched_above)
    return MatchExplanation(
        headline=parts.seen[0].highlighted,
        snippet=snippet(parts.text.text, parts.text.found),
        caption=caption,
        credit=credit.highlighted if credit else NOTHING,
        topic=topic.highlighted if topic else NOTHING,
    )


def _matched_above(parts: _Parts) -> set[str]:
    """Returns the lexemes that the fragments, the headline and the authors show already."""
    return parts.text.shows.union(*(part.shows for part in parts.seen))


def _first_with_new(parts: Iterable[_Part], matched_above: set[str]) -> _Part | None:
    """Returns the first part with a lexeme that is not shown yet."""
    return next((part for part in parts if part.shows - matched_above), None)
