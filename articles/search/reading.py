"""What a reader's words ask for, in every language that articles are read in.

Any word suffices. What stands in quotes binds, what stands behind a minus is kept out, and OR lets
one of two phrases do. A query is read once for each text search configuration in use, and every
article is judged by the reading of its own language: a French stemmer lets no English article back
in that a minus keeps out.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from math import log
from operator import itemgetter
from typing import Any, Final

from django.db import connection

MOST_BINDING: Final = 30
"""Quotes and exclusions that are looked at in one query."""

MOST_TERMS: Final = 60
"""Words that take part in ranking, the heaviest ones: whoever pastes a page is answered in time too."""

QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»", '"'))

PART: Final = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')

SYNONYM: Final = 0.7
"""What a word counts that editors say means the same as one that was typed."""

READ: Final = """
SELECT language.configuration, language.articles, ({required})::text, ({unwanted})::text,
    term.times, lexeme.id, coalesce(lexeme.articles, 0)
FROM set_config('jit', 'off', true) AS jit, set_config('work_mem', '32MB', true) AS memory,
    set_config('random_page_cost', '1.1', true) AS page, (
    SELECT configuration, articles, configuration::regconfig AS reader
    FROM articles_searchlanguage WHERE articles > 0
) AS language
LEFT JOIN LATERAL (
    SELECT lexeme, sum(cardinality(positions)) FILTER (WHERE typed) AS times
    FROM (
        SELECT lexeme, positions, true FROM unnest(to_tsvector(language.reader, %s))
        UNION ALL
        SELECT lexeme, positions, false FROM unnest(to_tsvector(language.reader, %s))
    ) AS said (lexeme, positions, typed)
    GROUP BY lexeme
) AS term ON true
LEFT JOIN articles_searchlexeme AS lexeme
    ON lexeme.configuration = language.configuration AND lexeme.word = term.lexeme
ORDER BY language.configuration, lexeme.id
"""
"""The settings hold for the search's transaction: compiling its queries would take longer than
answering them, the articles of a common word should fit into memory, and a thousand articles are
fetched faster one by one than by reading all there are."""

NOTHING: Final = "''::tsquery"


@dataclass(frozen=True, slots=True)
class Parts:
    """A query taken apart, before any language was applied."""

    wanted: str
    """Every word that may be found, also those in quotes."""
    required: tuple[tuple[str, ...], ...]
    """Of each group one must be there, word by word as it stands."""
    unwanted: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A stem of the query that some article holds."""

    lexeme_id: int
    times: float
    articles: int
    rarity: float


@dataclass(frozen=True, slots=True)
class Reading:
    """A query as one configuration reads it."""

    configuration: str
    articles: int
    """How many it is that are read so."""
    words: int
    """Different stems asked for, whether any article holds them or not."""
    length: int
    """Stems asked for, each as often as it stands."""
    terms: tuple[Term, ...]
    required: str = ""
    unwanted: str = ""


def take_apart(words: str) -> Parts:
    """Quotes that were not closed close at the end."""
    wanted: list[str] = []
    unwanted: list[str] = []
    groups: list[list[tuple[str, bool]]] = []
    joined = False
    for part in PART.finditer(words.translate(QUOTES)):
        text = part["phrase"] if part["phrase"] is not None else part["word"]
        if part["word"] == "OR" and not part["minus"]:
            joined = bool(groups)
            continue
        if part["minus"]:
            unwanted.append(text)
        else:
            wanted.append(text)
            alternative = (text, part["phrase"] is not None and bool(text.strip()))
            if joined:
                groups[-1].append(alternative)
            else:
                groups.append([alternative])
        joined = False
    required = [
        tuple(text for text, _ in group) for group in groups if any(quoted for _, quoted in group)
    ]
    return Parts(" ".join(wanted), tuple(required), tuple(unwanted))


def read(parts: Parts, others: str = "") -> list[Reading]:
    """One reading for each configuration that articles are in; none where nothing is indexed.

    Args:
        others: words that mean the same as some that were typed.
    """
    required, required_words = _every(parts.required)
    unwanted, unwanted_words = _any(parts.unwanted)
    sql = READ.format(required=required, unwanted=unwanted)
    with connection.cursor() as cursor:
        cursor.execute(sql, [*required_words, *unwanted_words, parts.wanted, others])
        rows = cursor.fetchall()
    return [_reading(list(group)) for _, group in groupby(rows, key=itemgetter(0))]


def rarity(articles: int, of: int) -> float:
    """BM25's weight of a stem that stands in so many of all articles."""
    return log(1 + (max(of, articles) - articles + 0.5) / (articles + 0.5))


def _reading(rows: Sequence[tuple[Any, ...]]) -> Reading:
    configuration, of, required, unwanted, *_ = rows[0]
    typed = [int(times) for *_, times, _pk, _articles in rows if times]
    terms = [
        Term(pk, float(times or SYNONYM), articles, rarity(articles, of))
        for *_, times, pk, articles in rows
        if articles
    ]
    terms.sort(key=lambda term: -term.times * term.rarity)
    return Reading(
        configuration=configuration,
        articles=of,
        words=len(typed),
        length=sum(typed),
        terms=tuple(terms[:MOST_TERMS]),
        required=required,
        unwanted=unwanted,
    )


def _every(groups: tuple[tuple[str, ...], ...]) -> tuple[str, list[str]]:
    """A tsquery of phrases of which each group needs one, and its parameters."""
    parts = [_any(group) for group in groups]
    sql = " && ".join(f"({part})" for part, _ in parts) or NOTHING
    return sql, [word for _, words in parts for word in words]


def _any(phrases: tuple[str, ...]) -> tuple[str, list[str]]:
    sql = " || ".join(["phraseto_tsquery(language.reader, %s)"] * len(phrases)) or NOTHING
    return sql, list(phrases)
