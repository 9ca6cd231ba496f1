"""Quotes and exclusions of a query as SQL conditions on articles.

Whether an article contains a word is known from the postings: a list is read at once or looked up for
each article, whichever is less work. Whether words follow each other is known only from the vector of
the article, which costs microseconds per article; it is checked last, for the best articles first.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from articles.search.query.parser import ParsedQuery, Phrase, Term

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


def satisfiable(parsed_queries: Iterable[ParsedQuery]) -> list[ParsedQuery]:
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
