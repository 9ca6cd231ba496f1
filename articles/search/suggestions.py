"""Autocomplete, and spelling suggestions: words of articles that are similar to an unknown word.

Most typos are one edit: a letter omitted, added or changed, or two letters swapped. All words that are
one edit away are generated and looked up, which takes a millisecond; only if there are none, words with
similar trigrams are searched. The most frequent word is suggested, with a bonus for the same first letter.
"""

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from math import log
from typing import Final

from django.utils import timezone
from django.utils.translation import gettext

from articles.search.snippets import strip_accents
from iria.core.db.queries import TookTooLong, time_limit
from iria.core.db.replica import reading
from iria.core.http.urls import url_path
from iria.core.text.validators import one_line

MIN_WORD_LENGTH: Final = 4
"""Shorter words are similar to too many others."""

MAX_WORD_LENGTH: Final = 30
MAX_CORRECTED: Final = 6
TIMEOUT_MS: Final = 100
"""Per query; after this time nothing is suggested."""

RARE: Final = 200
"""A word that is this many times rarer than a similar one may be a typo of the editors."""

OFTEN: Final = 20
"""A word in more articles than this is not considered a typo."""

SAME_START: Final = 1.5
"""The bonus for the same first letter, added to the logarithm of the number of articles."""

SECOND_EDIT: Final = 4.0
"""The penalty for a second edit."""

BLOCKS: Final = 2
"""Unicode blocks that the letters of one word may come from."""

MAX_EDITS: Final = 12_000
"""Words one edit away that are looked up per query, for its first words first."""

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
"""The number of articles with each word, and of all articles, without stop words of any language."""

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
    """A suggested word, and its number of articles."""

    word: str
    articles: int


def correct_spelling(text: str) -> str | None:
    """Returns the query with misspelt words corrected, or None if there are none.

    Quoted and excluded words are not corrected.
    """
    words = {each["word"].lower() for each in TYPED.finditer(text) if each["word"]}
    typed = sorted(each for each in words if MIN_WORD_LENGTH <= len(each) <= MAX_WORD_LENGTH)[
        :MAX_CORRECTED
    ]
    if not typed:
        return None
    # Looked up without a time limit of its own, which takes four statements: most queries have no typo.
    suspects = _suspects(typed)
    if not suspects:
        return None
    try:
        with time_limit(TIMEOUT_MS):
            corrections = _corrections(suspects)
    except TookTooLong:
        return None
    if not corrections:
        return None
    return TYPED.sub(lambda each: _replace(each, corrections), text)


def record_words(configuration: str, text: str) -> None:
    """Records the words of a text; their lexemes must exist already."""
    values = {"configuration": configuration, "text": text}
    with reading.cursor() as cursor:
        cursor.execute(LEARN, {**values, "shortest": MIN_WORD_LENGTH, "longest": MAX_WORD_LENGTH})


def one_edit_away(word: str) -> set[str]:
    """Returns every word that is one edit away."""
    letters = LETTERS if word.isascii() else "".join(sorted({*LETTERS, *_script(word)}))
    pairs = [(word[:index], word[index:]) for index in range(len(word) + 1)]
    return {
        *(before + after[1:] for before, after in pairs if after),
        *(before + after[1] + after[0] + after[2:] for before, after in pairs if len(after) > 1),
        *(before + letter + after[1:] for before, after in pairs if after for letter in letters),
        *(before + letter + after for before, after in pairs for letter in letters),
    } - {word}


def edit_distance(one: str, other: str) -> int:
    """Returns the Damerau–Levenshtein distance: edits, with a swap of two letters as one."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, 1):
        above, row = row, [i]
        for j, other_letter in enumerate(other, 1):
            best = min(above[j] + 1, row[-1] + 1, above[j - 1] + (letter != other_letter))
            if before and j > 1 and letter == other[j - 2] and one[i - 2] == other_letter:
                best = min(best, before[j - 2] + 1)
            row.append(best)
        before = above
    return row[-1]


def _suspects(typed: Sequence[str]) -> dict[str, int]:
    """Returns the words that may be misspelt, and the number of articles with each."""
    with reading.cursor() as cursor:
        cursor.execute(KNOWN, [list(typed)])
        rows = cursor.fetchall()
    return {word: n for word, n, of in rows if n * RARE < of and n <= OFTEN}


def _corrections(known: dict[str, int]) -> dict[str, str]:
    """Returns the corrections of misspelt words."""
    nearest = _nearest(_one_edit_away(known), known)
    unknown = [word for word, articles in known.items() if not articles and word not in nearest]
    if unknown:
        nearest |= _nearest(_similar(unknown), known)
    return nearest


def _one_edit_away(words: Iterable[str]) -> Iterator[tuple[str, SpellingSuggestion]]:
    pairs: list[tuple[str, str]] = []
    for word in words:
        pairs += [(word, variant) for variant in one_edit_away(word)]
        if len(pairs) > MAX_EDITS:
            break
    with reading.cursor() as cursor:
        cursor.execute(ONE_EDIT, [[each[0] for each in pairs], [each[1] for each in pairs]])
        yield from (
            (typed, SpellingSuggestion(word, articles))
            for typed, word, articles in cursor.fetchall()
        )


def _similar(words: Sequence[str]) -> Iterator[tuple[str, SpellingSuggestion]]:
    with reading.cursor() as cursor:
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
    for typed, suggestion in found:
        if suggestion.articles > known[typed] * RARE:
            distance = max(1, edit_distance(strip_accents(typed), strip_accents(suggestion.word)))
            score = log(suggestion.articles + 1) - SECOND_EDIT * (distance - 1)
            score += SAME_START * (suggestion.word[0] == typed[0])
            best[typed] = max(best.get(typed, (-99.0, "")), (score, suggestion.word))
    return {typed: word for typed, (_, word) in best.items()}


def _replace(match: re.Match[str], corrections: dict[str, str]) -> str:
    word = match["word"] or ""
    correction = corrections.get(word.lower())
    if correction is None:
        return match[0]
    return correction.capitalize() if word[:1].isupper() else correction


def _script(word: str) -> Iterator[str]:
    """Yields the letters of the Unicode blocks of a word, approximately its alphabet."""
    blocks = {ord(letter) >> 6 for letter in word if not letter.isascii()}
    if len(blocks) > BLOCKS:
        return
    for block in blocks:
        if block << 6 < 0x0800:  # later scripts have too many letters
            letters = (chr(code) for code in range(block << 6, (block + 1) << 6))
            yield from (each for each in letters if each.isalpha() and not each.isupper())


MIN_LENGTH: Final = 3
"""Minimum length of the longest word; shorter ones match too much."""

MAX_LENGTH: Final = 80
MAX_WORDS: Final = 6
AUTOCOMPLETE_TIMEOUT_MS: Final = 150
"""After this time there are no suggestions."""

SUGGESTIONS: Final = """
(SELECT 'category' AS kind, name, path AS part, NULL::int AS year, NULL::int AS month
FROM articles_category WHERE name ~* ALL(%(starts)s) ORDER BY sort_key LIMIT 2)
UNION ALL
(SELECT 'author', author.name, author.slug, NULL, NULL FROM (
    SELECT id, name, slug FROM accounts_authorprofile
    WHERE name ~* ALL(%(starts)s) ORDER BY name LIMIT 20
) AS author CROSS JOIN LATERAL (
    SELECT FROM articles_byline AS byline
    JOIN articles_article AS article ON article.id = byline.article_id
    WHERE byline.author_id = author.id AND article.state = 'published'
        AND article.published_at <= %(now)s LIMIT 1
) AS seen LIMIT 2)
UNION ALL
(SELECT 'tag', tag.name, tag.slug, NULL, NULL FROM (
    SELECT id, name, slug FROM taggit_tag
    WHERE name ~* ALL(%(starts)s) ORDER BY length(name), name LIMIT 20
) AS tag CROSS JOIN LATERAL (
    SELECT FROM articles_articletag AS worn
    JOIN articles_article AS article ON article.id = worn.content_object_id
    WHERE worn.tag_id = tag.id AND article.state = 'published'
        AND article.published_at <= %(now)s LIMIT 1
) AS seen LIMIT 2)
UNION ALL
(SELECT 'article', headline, slug, year, month FROM (
    SELECT headline, slug, year, month, published_at FROM articles_article
    WHERE state = 'published' AND published_at <= %(now)s ORDER BY published_at DESC LIMIT 1000
) AS newest WHERE headline ~* ALL(%(starts)s) ORDER BY published_at DESC LIMIT 6)
"""
"""Every word must be the beginning of a word of the name. Only the first twenty authors and topics are
checked for published articles, because a join over all of them would take too long."""

RARER: Final = """
SELECT 'article', headline, slug, year, month FROM articles_article
WHERE state = 'published' AND published_at <= %(now)s
    AND headline ~* %(longest)s AND headline ~* ALL(%(starts)s)
ORDER BY published_at DESC LIMIT 6
"""
"""Used if the newest thousand headlines have too few matches: the word is rare, so the trigram index of
headlines is fast. It is used for the longest word, which is therefore a separate condition."""


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A name, and its URL."""

    kind: str
    name: str
    address: str


def suggestions(typed: str) -> list[Suggestion]:
    """Returns at most eight suggestions of published content; none for short or unknown text."""
    words = re.findall(r"\w+", one_line(typed.replace("\x00", " ")))[:MAX_WORDS]
    if len(typed) > MAX_LENGTH or max(map(len, words), default=0) < MIN_LENGTH:
        return []
    starts = [rf"\m{word}" for word in words]
    try:
        with time_limit(AUTOCOMPLETE_TIMEOUT_MS), reading.cursor() as cursor:
            cursor.execute(SUGGESTIONS, {"starts": starts, "now": timezone.now()})
            rows = cursor.fetchall()
            if sum(row[0] == "article" for row in rows) < 6:
                longest = max(starts, key=len)
                cursor.execute(RARER, {"starts": starts, "longest": longest, "now": timezone.now()})
                rows = [row for row in rows if row[0] != "article"] + cursor.fetchall()
    except TookTooLong:
        return []
    unique: dict[str, Suggestion] = {}
    for row in rows:
        # A category takes precedence over a topic of the same name.
        each = _suggestion(*row)
        unique.setdefault(each.name.casefold() if row[0] != "article" else each.address, each)
    return list(unique.values())[:8]


def _suggestion(kind: str, name: str, part: str, year: int | None, month: int | None) -> Suggestion:
    if kind == "article" and year and month:
        return Suggestion(gettext("Article"), name, url_path("article", year, month, part))
    titles = {"category": gettext("Category"), "author": gettext("Author"), "tag": gettext("Topic")}
    return Suggestion(titles[kind], name, url_path(kind, part))
