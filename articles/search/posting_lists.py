"""The statement that reads postings and selects the best articles, and its conditions.

PostgreSQL cannot estimate the lengths of posting lists, so the statement itself determines what is read
completely, what is looked up, and in which order.

The quotes and exclusions of a query are SQL conditions on articles. Whether an article contains a word
is known from the postings: a list is read at once or looked up for each article, whichever is less work.
Whether words follow each other is known only from the vector of the article, which costs microseconds
per article; it is checked last, for the best articles first.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from articles.search.query import ParsedQuery, Phrase, Term
from iria.core.db.bulk import id_array
from iria.core.db.replica import reading

MAX_DRIVER_POSTINGS: Final = 120_000
"""Postings of the driving terms; beyond that, some alternatives are omitted."""

MAX_HASHED_POSTINGS: Final = 100_000
"""Postings that are read at once for conditions; the rest is checked in the vectors."""

LOOKUP_COST: Final = 10
"""The cost of a lookup, in postings that are read sequentially."""

LISTED: Final = """(posting.article_id IN (
    SELECT article_id FROM articles_searchposting WHERE lexeme_id = %s)) = {wanted}"""

LOOKED_UP: Final = """((SELECT true FROM articles_searchposting AS held
    WHERE held.lexeme_id = %s AND held.article_id = posting.article_id) IS NOT NULL) = {wanted}"""

OF_READING: Final = "(posting.reading <> %s OR ({conditions}))"
"""Conditions of one language do not apply to articles of another. PostgreSQL does not turn parts of an OR
into joins, whose order it would have to guess."""

IN_VECTOR: Final = """(SELECT CASE entry.configuration {cases} ELSE true END
    FROM articles_searchentry AS entry WHERE entry.article_id = best.article_id)"""


@dataclass(slots=True)
class RequiredTerms:
    """Conditions, each SQL with its parameters."""

    drivers: list[Term] = field(default_factory=list)
    """Every matching article contains one of these terms."""
    is_whole: bool = True
    """Whether the drivers cover all matching articles."""
    by_postings: str = "true"
    posting_parameters: list[int] = field(default_factory=list)
    by_vector: str = ""
    vector_parameters: list[str] = field(default_factory=list)


def select_satisfiable(parsed_queries: Iterable[ParsedQuery]) -> list[ParsedQuery]:
    """Returns the parsed queries whose required phrases occur in articles."""
    return [each for each in parsed_queries if all(each.required)]


def build_required_terms(
    parsed_queries: Sequence[ParsedQuery], leading: Sequence[Sequence[Term]]
) -> RequiredTerms:
    """Returns the conditions of satisfiable queries.

    Args:
        leading: for each parsed query, the terms whose postings are read in any case.
    """
    required_terms = RequiredTerms()
    conditions, cases = [], []
    for number, (each, lead) in enumerate(zip(parsed_queries, leading, strict=True)):
        drivers = _drivers(each)
        required_terms.drivers += drivers
        rules = _Rules({*lead, *drivers})
        query = rules.apply(each)
        if rules.sql:
            conditions.append(OF_READING.format(conditions=" AND ".join(rules.sql)))
            required_terms.posting_parameters += [number, *rules.parameters]
        if query:
            cases.append("WHEN %s THEN entry.vector @@ %s::tsquery")
            required_terms.vector_parameters += [each.configuration, query]
    required_terms.drivers, required_terms.is_whole = _affordable(required_terms.drivers)
    if conditions:
        required_terms.by_postings = " AND ".join(conditions)
    if cases:
        required_terms.by_vector = IN_VECTOR.format(cases=" ".join(cases))
    return required_terms


def _drivers(parsed_query: ParsedQuery) -> list[Term]:
    """Returns the rarest stems of the alternatives of the group with the fewest articles."""
    groups = [[_rarest(phrase) for phrase in group] for group in parsed_query.required]
    return min(groups, key=lambda group: sum(term.articles for term in group), default=[])


def _rarest(phrase: Phrase) -> Term:
    return min(phrase.stems, key=lambda term: term.articles)


def _affordable(drivers: list[Term]) -> tuple[list[Term], bool]:
    chosen: list[Term] = []
    read = 0
    for term in sorted(set(drivers), key=lambda term: term.articles):
        read += term.articles
        if read > MAX_DRIVER_POSTINGS and chosen:
            return chosen, False
        chosen.append(term)
    return chosen, True


class _Rules:
    """Collects the conditions on postings; the others become a tsquery for the vectors."""

    def __init__(self, leading: Collection[Term]) -> None:
        self.leading = leading
        self.read = sum(term.articles for term in leading)
        self.sql: list[str] = []
        self.parameters: list[int] = []
        self.budget = MAX_HASHED_POSTINGS

    def apply(self, parsed_query: ParsedQuery) -> str:
        """Adds the conditions; returns the tsquery of those that postings cannot check."""
        queries: list[str] = []
        for group in parsed_query.required:
            is_checked = len(group) == 1 and self._require_phrase(group[0])
            if not is_checked:
                queries.append(" | ".join(f"({phrase.query})" for phrase in group))
        for phrase in sorted(parsed_query.excluded, key=lambda each: _rarest(each).articles):
            if not (phrase.is_one_word and self._rule(phrase.stems[0], wanted=False)):
                queries.append(f"!({phrase.query})")
        return " & ".join(f"({query})" for query in queries)

    def _require_phrase(self, phrase: Phrase) -> bool:
        """Requires all words of a phrase; returns whether that checks the whole phrase."""
        checked = [
            self._rule(term) for term in sorted(phrase.stems, key=lambda each: each.articles)
        ]
        return all(checked) and phrase.is_one_word

    def _rule(self, term: Term, *, wanted: bool = True) -> bool:
        if wanted and list(self.leading) == [term]:
            return True  # every article that is read has it
        if term.articles > LOOKUP_COST * self.read:
            rule = LOOKED_UP
        elif term.articles <= self.budget:
            self.budget -= term.articles
            rule = LISTED
        else:
            return False
        self.sql.append(rule.format(wanted=wanted))
        self.parameters.append(term.lexeme_id)
        return True


CANDIDATES: Final = """
WITH hit AS (
    SELECT {hit} FROM ({source}) AS posting (reading, factor, needed, article_id, weight)
    WHERE {by_postings} {grouped}
), best AS (
    SELECT *, {total} AS total FROM hit ORDER BY score DESC, article_id DESC LIMIT %s
), chosen AS (
    SELECT best.*, visible.published_at FROM best CROSS JOIN LATERAL (
        SELECT published_at FROM ({visible}) AS visible
        WHERE visible.id BETWEEN best.article_id AND best.article_id OFFSET 0
    ) AS visible
    WHERE {by_vector} ORDER BY best.score DESC, best.article_id DESC LIMIT %s
)
{chosen}
ORDER BY chosen.published_at DESC, chosen.article_id DESC
"""
"""With BETWEEN PostgreSQL uses the index with the dates; with equality it uses the primary key and reads
the wide row of the article, which takes twice as long."""

LED: Final = """
SELECT article_id, published_at, score, words, needed, total FROM chosen"""
FOLLOWED: Final = """
SELECT chosen.article_id, chosen.published_at, chosen.score + coalesce(more.score, 0),
    chosen.words + more.words, chosen.needed, chosen.total
FROM chosen CROSS JOIN LATERAL (
    SELECT sum(posting.weight * term.factor) AS score, count(*) AS words
    FROM unnest(%s::int[], %s::float8[]) AS term (lexeme_id, factor)
    JOIN articles_searchposting AS posting
        ON posting.lexeme_id = term.lexeme_id AND posting.article_id = chosen.article_id
) AS more"""
"""Looks up the following terms for the selected articles."""

HITS: Final = """
SELECT count(DISTINCT article_id)
FROM ({source}) AS posting (reading, factor, needed, article_id, weight) WHERE {by_postings}
"""

SUMMED: Final = """posting.article_id, sum(posting.weight * posting.factor) AS score,
        count(*) AS words, max(posting.needed) AS needed"""
OF_ONE_WORD: Final = """posting.article_id, posting.weight * posting.factor AS score,
        1 AS words, posting.needed"""

WHOLE: Final = """
    SELECT term.reading, term.factor, term.needed, held.article_id, held.weight
    FROM unnest(%s::int[], %s::float8[], %s::int[], %s::int[])
        AS term (lexeme_id, factor, needed, reading)
    JOIN articles_searchposting AS held ON held.lexeme_id = term.lexeme_id
    OFFSET 0"""
"""OFFSET 0 keeps PostgreSQL from changing the join, because it cannot estimate the lengths of the lists."""

OF_FEW: Final = """
    SELECT * FROM (
    SELECT term.reading, term.factor, term.needed, held.article_id, held.weight
    FROM unnest(%s::int[], %s::float8[], %s::int[], %s::int[])
        AS term (lexeme_id, factor, needed, reading)
    JOIN articles_searchposting AS held ON held.lexeme_id = term.lexeme_id
    OFFSET 0
    ) AS scanned (reading, factor, needed, article_id, weight)
    WHERE article_id IN (SELECT unnest(%s::bigint[]))
    UNION ALL
    SELECT term.reading, term.factor, term.needed, held.article_id, held.weight
    FROM unnest(%s::int[], %s::float8[], %s::int[], %s::int[])
        AS term (lexeme_id, factor, needed, reading)
    CROSS JOIN unnest(%s::bigint[]) AS candidate (article_id)
    JOIN articles_searchposting AS held
        ON held.lexeme_id = term.lexeme_id AND held.article_id = candidate.article_id"""

SHORT: Final = 8
"""A list of up to this many times the number of searchable articles is read completely, not looked up."""


@dataclass(frozen=True, slots=True)
class Searchable:
    """The articles that can be found."""

    sql: str
    parameters: tuple[Any, ...]
    few: list[int] | None = None
    """Their ids, if there are few."""
    is_large: bool = False
    """Whether they are filtered, but too many to list."""


@dataclass(frozen=True, slots=True)
class PostingQuery:
    """The matching articles by leading, following and required terms."""

    parsed_queries: Sequence[ParsedQuery]
    searchable: Searchable
    required_terms: RequiredTerms
    leading: Sequence[Term]
    following: Sequence[Term]

    def rows(self, candidate_count: int, limit: int) -> list[tuple[Any, ...]]:
        """Returns article, date, score, words found, words needed and number of hits; the newest first.

        Args:
            candidate_count: the number of best articles for which vector and filters are checked.
            limit: the number of rows.
        """
        source, parameters = self._source()
        is_one = len(self.leading) == 1
        is_all = is_one and self.required_terms.by_postings == "true" and not self.searchable.few
        sql = CANDIDATES.format(
            hit=OF_ONE_WORD if is_one else SUMMED,
            source=source,
            by_postings=self.required_terms.by_postings,
            grouped="" if is_one else "GROUP BY posting.article_id",
            total=f"{self.leading[0].articles}" if is_all else "count(*) OVER ()",
            visible=self.searchable.sql,
            by_vector=self.required_terms.by_vector or "true",
            chosen=FOLLOWED if self.following else LED,
        )
        followers = [
            [term.lexeme_id for term in self.following],
            [*map(term_weight, self.following)],
        ]
        return fetch(
            sql,
            [
                *(*parameters, *self.required_terms.posting_parameters, candidate_count),
                *(*self.searchable.parameters, *self.required_terms.vector_parameters, limit),
                *(followers if self.following else ()),
            ],
        )

    def hits(self) -> int:
        """Returns the number of matches by postings."""
        source, parameters = self._source()
        sql = HITS.format(source=source, by_postings=self.required_terms.by_postings)
        return int(fetch(sql, [*parameters, *self.required_terms.posting_parameters])[0][0])

    def _source(self) -> tuple[str, list[Any]]:
        """Returns the SQL of the postings of the leading terms, with its parameters."""
        few = self.searchable.few
        if few is None:
            return WHOLE, self._columns(self.leading)
        short = [term for term in self.leading if term.articles <= SHORT * len(few)]
        long = [term for term in self.leading if term not in short]
        ids = id_array(few)
        return OF_FEW, [*self._columns(short), ids, *self._columns(long), ids]

    def _columns(self, terms: Sequence[Term]) -> list[list[Any]]:
        numbers = {
            term.lexeme_id: number
            for number, each in enumerate(self.parsed_queries)
            for term in _all_terms(each)
        }
        indexes = [numbers[term.lexeme_id] for term in terms]
        return [
            [term.lexeme_id for term in terms],
            [term_weight(term) for term in terms],
            [self.parsed_queries[number].words for number in indexes],
            indexes,
        ]


def term_weight(term: Term) -> float:
    """Returns the factor of a posting's weight; a repeated word of the query counts more."""
    return term.times * term.idf


def _all_terms(parsed_query: ParsedQuery) -> list[Term]:
    required = (t for group in parsed_query.required for phrase in group for t in phrase.stems)
    return [*parsed_query.terms, *required]


def fetch(sql: str, parameters: list[Any]) -> list[tuple[Any, ...]]:
    with reading.cursor() as cursor:
        cursor.execute(sql, parameters)
        rows: list[tuple[Any, ...]] = cursor.fetchall()
    return rows
