"""Words as they are compared: small letters, without accents, quotes and spare spaces.

What a reader's words ask for, in every language that articles are read in.

Any word suffices. What stands in quotes binds, what stands behind a minus is kept out, and OR lets
one of two phrases do. A query is read once for each text search configuration in use, and every
article is judged by the reading of its own language: a French stemmer lets no English article back
in that a minus keeps out.
"""

import re
import unicodedata
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import count, groupby
from math import log
from operator import itemgetter
from typing import Any, Final

from django.db import connection

from articles.editorial.text_search_config import prepare_text, with_names

WORD: Final = re.compile(r"[^\s\"“”„«»,;()|&!]+")


def normalise_query(words: str) -> str:
    """“ Élections  in “Japan” ” → “elections in japan”."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    return " ".join(WORD.findall(plain))


MOST_BINDING: Final = 30
"""Quotes and exclusions that are looked at in one query."""

MOST_TERMS: Final = 60
"""Words that take part in ranking, the heaviest ones: whoever pastes a page is answered in time too."""

QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»", '"'))

PART: Final = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')

SYNONYM: Final = 0.7
"""What a word counts that editors say means the same as one that was typed."""

READ: Final = """
SELECT language.configuration, language.articles, language.phrases,
    stem.times, stem.is_other, stem.phrases, lexeme.id, coalesce(lexeme.articles, 0)
FROM set_config('jit', 'off', true) AS jit, set_config('work_mem', '32MB', true) AS memory,
    set_config('random_page_cost', '1.1', true) AS page, (
    SELECT configuration, articles, reader, ARRAY(
        SELECT phraseto_tsquery(reader, words)::text
        FROM unnest(%(phrases)s::text[]) WITH ORDINALITY AS phrase (words, number) ORDER BY number
    ) AS phrases
    FROM articles_searchlanguage
    CROSS JOIN LATERAL (SELECT configuration::regconfig AS reader) AS configured WHERE articles > 0
) AS language
LEFT JOIN LATERAL (
    SELECT lexeme, sum(cardinality(positions)) FILTER (WHERE number = 0) AS times,
        bool_or(number = -1) AS is_other, array_agg(number) FILTER (WHERE number > 0) AS phrases
    FROM (
        SELECT 0, lexeme, positions FROM unnest(to_tsvector(language.reader, %(wanted)s))
        UNION ALL
        SELECT -1, lexeme, positions FROM unnest(to_tsvector(language.reader, %(others)s))
        UNION ALL
        SELECT number, lexeme, positions
        FROM unnest(%(phrases)s::text[]) WITH ORDINALITY AS phrase (words, number)
        CROSS JOIN LATERAL unnest(to_tsvector(language.reader, words))
    ) AS said (number, lexeme, positions)
    GROUP BY lexeme
) AS stem ON true
LEFT JOIN articles_searchlexeme AS lexeme
    ON lexeme.configuration = language.configuration AND lexeme.word = stem.lexeme
ORDER BY language.configuration, lexeme.id
"""
"""The settings hold for the search's transaction: compiling its queries would take longer than
answering them, the articles of a common word should fit into memory, and a thousand articles are
fetched faster one by one than by reading all there are."""


@dataclass(frozen=True, slots=True)
class QueryParts:
    """A query taken apart, before any language was applied."""

    wanted: str
    """Every word that may be found, also those in quotes."""
    required: tuple[tuple[str, ...], ...]
    """Of each group one must be there, word by word as it stands."""
    excluded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A stem of the query that some article holds."""

    lexeme_id: int
    times: float
    articles: int
    idf: float


@dataclass(frozen=True, slots=True)
class Phrase:
    """What stood in quotes or behind a minus, as one configuration reads it."""

    query: str
    """A tsquery."""
    stems: tuple[Term, ...]

    @property
    def is_one_word(self) -> bool:
        """Whoever holds the stem holds the phrase."""
        return len(self.stems) == 1 and " <" not in self.query


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query as one configuration reads it."""

    configuration: str
    articles: int
    """How many it is that are read so."""
    words: int
    """Different stems asked for, whether any article holds them or not."""
    length: int
    """Stems asked for, each as often as it stands."""
    terms: tuple[Term, ...]
    required: tuple[tuple[Phrase, ...], ...] = ()
    """Of each group one must be there; of one that is empty, none can be."""
    excluded: tuple[Phrase, ...] = ()
    has_exclusions: bool = False
    """Something was said that is unwanted, whether any article holds it or not."""


def split_query(words: str) -> QueryParts:
    """Quotes that were not closed close at the end."""
    wanted: list[str] = []
    excluded: list[str] = []
    groups: list[list[tuple[str, bool]]] = []
    joined = False
    for part in PART.finditer(with_names(words.translate(QUOTES))):
        text = prepare_text(part["phrase"] if part["phrase"] is not None else part["word"])
        if part["word"] == "OR" and not part["minus"]:
            joined = bool(groups)
            continue
        if part["minus"]:
            excluded.append(text)
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
    return QueryParts(" ".join(wanted), tuple(required), tuple(excluded))


def require_all_words(words: str) -> str:
    """The same query with each of its words in quotes, so that every one must be there."""
    return PART.sub(_in_quotes, words.translate(QUOTES))


def _in_quotes(part: re.Match[str]) -> str:
    plain = part["word"] and part["word"] != "OR" and not part["minus"]
    return f'"{part["word"]}"' if plain else part[0]


def parse_query(parts: QueryParts, others: str = "") -> list[ParsedQuery]:
    """One reading for each configuration that articles are in; none where nothing is indexed.

    Args:
        others: words that mean the same as some that were typed.
    """
    phrases = [text for group in (*parts.required, parts.excluded) for text in group]
    parameters: dict[str, Any] = {"wanted": parts.wanted, "others": others, "phrases": phrases}
    with connection.cursor() as cursor:
        cursor.execute(READ, parameters)
        rows = cursor.fetchall()
    return [_reading(list(group), parts) for _, group in groupby(rows, key=itemgetter(0))]


def inverse_document_frequency(articles: int, of: int) -> float:
    """BM25's weight of a stem that stands in so many of all articles."""
    return log(1 + (max(of, articles) - articles + 0.5) / (articles + 0.5))


def _reading(rows: Sequence[tuple[Any, ...]], parts: QueryParts) -> ParsedQuery:
    configuration, of, queries, *_ = rows[0]
    typed = [int(times) for *_, times, _other, _phrases, _pk, _articles in rows if times]
    terms: list[Term] = []
    stems: dict[int, list[Term | None]] = {}
    for *_, times, is_other, numbers, pk, articles in rows:
        times = float(times or (SYNONYM if is_other else 0))
        term = (
            Term(pk, times, articles, inverse_document_frequency(articles, of))
            if articles
            else None
        )
        if term and times:
            terms.append(term)
        for number in numbers or ():
            stems.setdefault(number - 1, []).append(term)
    terms.sort(key=lambda term: -term.times * term.idf)
    required, excluded = _phrases(parts, queries, stems)
    return ParsedQuery(
        configuration=configuration,
        articles=of,
        words=len(typed),
        length=sum(typed),
        terms=tuple(terms[:MOST_TERMS]),
        required=required,
        excluded=excluded,
        has_exclusions=any(queries[len(queries) - len(parts.excluded) :]),
    )


def _phrases(
    parts: QueryParts, queries: Sequence[str], stems: Mapping[int, Sequence[Term | None]]
) -> tuple[tuple[tuple[Phrase, ...], ...], tuple[Phrase, ...]]:
    """What binds; without phrases of nothing but common words, and without those that no article holds."""
    numbers = count()

    def known(texts: Sequence[str]) -> tuple[Phrase, ...] | None:
        mine = [number for _, number in zip(texts, numbers, strict=False)]
        parameters = [(queries[number], stems[number]) for number in mine if queries[number]]
        found = tuple(
            Phrase(query, tuple(filter(None, found_stems)))
            for query, found_stems in parameters
            if all(found_stems)
        )
        return found if parameters else None

    required = [known(group) for group in parts.required]
    return tuple(group for group in required if group is not None), known(parts.excluded) or ()
