"""The query of a reader: words, phrases and filters.

Parses a query for every text search configuration in use.

Articles need to match any word. Quotes require a phrase, a minus excludes a word, and OR requires one
of two phrases. The query is parsed once per configuration, and each article is matched with the parsed
query of its own language: a French stemmer cannot include an English article that a minus excludes.
"""

import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from itertools import count, groupby
from math import log
from operator import itemgetter
from typing import Any, Final

from django.db.models import Q, QuerySet

from accounts.models import AuthorProfile
from articles.editorial.models import ArticleCategory, ArticleType, Byline, Category
from articles.editorial.models.querysets import ArticleQuerySet
from articles.editorial.text_search_config import prepare_text, with_names
from iria.core.db.replica import reading

WORD: Final = re.compile(r"[^\s\"“”„«»,;()|&!]+")


def normalise_query(text: str) -> str:
    """Normalises for comparison: “ Élections  in “Japan” ” → “elections in japan”."""
    plain = unicodedata.normalize("NFKD", text.casefold())
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    return " ".join(WORD.findall(plain))


MAX_REQUIRED: Final = 30
"""Quotes and exclusions per query."""

MAX_TERMS: Final = 60
"""Words used for ranking, those with the highest weights, so that a pasted text takes limited time."""

QUOTES: Final = str.maketrans(dict.fromkeys("“”„‟«»", '"'))

PART: Final = re.compile(r'(?P<minus>(?<!\S)-)?(?:"(?P<phrase>[^"]*)"?|(?P<word>[^\s"]+))')

SYNONYM_WEIGHT: Final = 0.7

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
"""The settings apply to the transaction of the search: JIT compilation would take longer than the
queries, the articles of a common word should fit into memory, and index scans are faster for a thousand
articles than sequential scans."""


@dataclass(frozen=True, slots=True)
class QueryParts:
    """The parts of a query, independent of the language."""

    wanted: str
    """All words that can match, including quoted ones."""
    required: tuple[tuple[str, ...], ...]
    """Groups of phrases; one phrase of each group is required."""
    excluded: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Term:
    """A stem of the query that occurs in at least one article."""

    lexeme_id: int
    times: float
    articles: int
    idf: float


@dataclass(frozen=True, slots=True)
class Phrase:
    """A quoted or excluded phrase, parsed by one configuration."""

    query: str
    """A tsquery."""
    stems: tuple[Term, ...]

    @property
    def is_one_word(self) -> bool:
        """Whether every article with the stem matches the phrase."""
        return len(self.stems) == 1 and " <" not in self.query


@dataclass(frozen=True, slots=True)
class ParsedQuery:
    """A query, parsed by one configuration."""

    configuration: str
    articles: int
    """The number of articles of this configuration."""
    words: int
    """The number of different stems in the query."""
    length: int
    """The number of stems in the query, with repetitions."""
    terms: tuple[Term, ...]
    required: tuple[tuple[Phrase, ...], ...] = ()
    """Groups of phrases; one of each group is required. An empty group cannot match."""
    excluded: tuple[Phrase, ...] = ()
    has_exclusions: bool = False
    """Whether the query excludes anything, even if no article has it."""


def split_query(text: str) -> QueryParts:
    """Splits a query into words and phrases; an unclosed quote ends at the end."""
    wanted: list[str] = []
    excluded: list[str] = []
    groups: list[list[tuple[str, bool]]] = []
    after_or = False
    for part in PART.finditer(with_names(text.translate(QUOTES))):
        part_text = prepare_text(part["phrase"] if part["phrase"] is not None else part["word"])
        if part["word"] == "OR" and not part["minus"]:
            after_or = bool(groups)
            continue
        if part["minus"]:
            excluded.append(part_text)
        else:
            wanted.append(part_text)
            alternative = (
                part_text,
                part["phrase"] is not None and bool(part_text.strip()),
            )
            if after_or:
                groups[-1].append(alternative)
            else:
                groups.append([alternative])
        after_or = False
    required = [
        tuple(text for text, _ in group) for group in groups if any(quoted for _, quoted in group)
    ]
    return QueryParts(" ".join(wanted), tuple(required), tuple(excluded))


def require_all_words(text: str) -> str:
    """Returns the query with each word in quotes, so that all of them are required."""
    return PART.sub(_in_quotes, text.translate(QUOTES))


def _in_quotes(part: re.Match[str]) -> str:
    is_plain_word = part["word"] and part["word"] != "OR" and not part["minus"]
    return f'"{part["word"]}"' if is_plain_word else part[0]


def parse_query(parts: QueryParts, others: str = "") -> list[ParsedQuery]:
    """Parses a query for each configuration in use; returns an empty list if nothing is indexed.

    Args:
        others: synonyms of words of the query.
    """
    phrases = [text for group in (*parts.required, parts.excluded) for text in group]
    parameters: dict[str, Any] = {"wanted": parts.wanted, "others": others, "phrases": phrases}
    with reading.cursor() as cursor:
        cursor.execute(READ, parameters)
        rows = cursor.fetchall()
    return [_parsed_query(list(group), parts) for _, group in groupby(rows, key=itemgetter(0))]


def inverse_document_frequency(articles: int, total: int) -> float:
    """Returns the inverse document frequency of BM25 for a stem in `articles` of `total` articles."""
    return log(1 + (max(total, articles) - articles + 0.5) / (articles + 0.5))


def _parsed_query(rows: Sequence[tuple[Any, ...]], parts: QueryParts) -> ParsedQuery:
    configuration, total, queries, *_ = rows[0]
    counts = [int(times) for *_, times, _other, _phrases, _pk, _articles in rows if times]
    terms: list[Term] = []
    stems: dict[int, list[Term | None]] = {}
    for *_, times, is_other, numbers, pk, articles in rows:
        times = float(times or (SYNONYM_WEIGHT if is_other else 0))
        term = (
            Term(pk, times, articles, inverse_document_frequency(articles, total))
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
        articles=total,
        words=len(counts),
        length=sum(counts),
        terms=tuple(terms[:MAX_TERMS]),
        required=required,
        excluded=excluded,
        has_exclusions=any(queries[len(queries) - len(parts.excluded) :]),
    )


def _phrases(
    parts: QueryParts, queries: Sequence[str], stems: Mapping[int, Sequence[Term | None]]
) -> tuple[tuple[tuple[Phrase, ...], ...], tuple[Phrase, ...]]:
    """Returns required and excluded phrases, without those of stop words or of unknown words only."""
    numbers = count()

    def parse(texts: Sequence[str]) -> tuple[Phrase, ...] | None:
        indexes = [number for _, number in zip(texts, numbers, strict=False)]
        parameters = [(queries[number], stems[number]) for number in indexes if queries[number]]
        phrases = tuple(
            Phrase(query, tuple(filter(None, phrase_stems)))
            for query, phrase_stems in parameters
            if all(phrase_stems)
        )
        return phrases if parameters else None

    required = [parse(group) for group in parts.required]
    return tuple(group for group in required if group is not None), parse(parts.excluded) or ()


@dataclass(frozen=True, slots=True)
class SearchFilters:
    """The chosen filters, which are combined with AND."""

    category: Category | None = None
    author: AuthorProfile | None = None
    year: int | None = None
    kind: ArticleType | None = None
    language: str = ""

    def __bool__(self) -> bool:
        return any((self.category, self.author, self.year, self.kind, self.language))

    def apply(self, articles: ArticleQuerySet) -> ArticleQuerySet:
        """Filters a queryset, without duplicates; a category includes its descendants."""
        if self.category:
            # A list of ids, because a search checks this for thousands of articles one by one.
            filed = ArticleCategory.objects.filter(
                category__in=list(_with_descendants(self.category))
            )
            articles = articles.filter(pk__in=filed.values("article_id"))
        if self.author:
            signed = Byline.objects.filter(author=self.author)
            articles = articles.filter(pk__in=signed.values("article_id"))
        if self.year:
            articles = articles.filter(year=self.year)
        if self.kind:
            articles = articles.filter(kind=self.kind)
        if self.language:
            articles = articles.filter(language=self.language)
        return articles

    @property
    def parameters(self) -> dict[str, str]:
        """The filters as URL parameters."""
        chosen = {
            "category": self.category.path if self.category else "",
            "author": self.author.slug if self.author else "",
            "year": str(self.year) if self.year else "",
            "kind": self.kind.slug if self.kind else "",
            "language": self.language,
        }
        return {name: value for name, value in chosen.items() if value}


def _with_descendants(category: Category) -> QuerySet[Category, int]:
    matches = Q(pk=category.pk) | Q(path__startswith=f"{category.path}/")
    return Category.objects.filter(matches).values_list("pk", flat=True)


NO_FILTERS: Final = SearchFilters()


class Sort(StrEnum):
    """The orders, by their values in the URL."""

    BEST = "best"
    NEWEST = "newest"
    OLDEST = "oldest"


def sort_articles(ranked: Iterable[tuple[int, datetime | None]], sort: Sort) -> list[int]:
    """Sorts article ids by relevance or date.

    Articles with equal dates are sorted by id, so that pages are stable.

    Args:
        ranked: ids and dates, the best first.
    """
    if sort is Sort.BEST:
        return [pk for pk, _ in ranked]
    dated = [(date, pk) for pk, date in ranked if date is not None]
    return [pk for _, pk in sorted(dated, reverse=sort is Sort.NEWEST)]
