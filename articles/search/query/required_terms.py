"""What binds in a query: quotes and minus, as conditions on articles.

That an article holds a word, its postings say: a list is read at once, or looked into for each article,
whichever is less. That words follow each other, only the article's own vector says, which costs some
microseconds an article; so that is looked at last, the best articles first, and no further than needed.
"""

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

from articles.search.query.parser import ParsedQuery, Phrase, Term

MOST_DRIVEN: Final = 120_000
"""Postings of the words that lead to what is required; beyond, some alternatives are left out."""

MOST_HASHED: Final = 100_000
"""Postings that are read at once to keep articles in or out; what is left, the vectors say."""

LOOKUPS: Final = 10
"""Postings that are read in a row while one is looked up."""

LISTED: Final = """(posting.article_id IN (
    SELECT article_id FROM articles_searchposting WHERE lexeme_id = %s)) = {wanted}"""

LOOKED_UP: Final = """((SELECT true FROM articles_searchposting AS held
    WHERE held.lexeme_id = %s AND held.article_id = posting.article_id) IS NOT NULL) = {wanted}"""

OF_READING: Final = "(posting.reading <> %s OR ({conditions}))"
"""Conditions of one language leave the articles of another alone. PostgreSQL takes no part of an OR for a
join, whose order it would have to guess."""

IN_VECTOR: Final = """(SELECT CASE entry.configuration {cases} ELSE true END
    FROM articles_searchentry AS entry WHERE entry.article_id = best.article_id)"""


@dataclass(slots=True)
class RequiredTerms:
    """Conditions, each SQL with its parameters."""

    drivers: list[Term] = field(default_factory=list)
    """Every article that fulfils what is required holds one of these."""
    is_whole: bool = True
    """Otherwise there are such articles besides."""
    by_postings: str = "true"
    posting_parameters: list[int] = field(default_factory=list)
    by_vector: str = ""
    vector_parameters: list[str] = field(default_factory=list)


def possible(readings: Iterable[ParsedQuery]) -> list[ParsedQuery]:
    """Those of which some article may hold everything that is required."""
    return [each for each in readings if all(each.required)]


def bind(readings: Sequence[ParsedQuery], leading: Sequence[Sequence[Term]]) -> RequiredTerms:
    """What articles have to fulfil; of readings that are possible.

    Args:
        leading: for each reading, the words whose postings are read anyhow.
    """
    binding = RequiredTerms()
    conditions, cases = [], []
    for number, (each, lead) in enumerate(zip(readings, leading, strict=True)):
        drivers = _drivers(each)
        binding.drivers += drivers
        rules = _Rules({*lead, *drivers})
        query = rules.apply(each)
        if rules.sql:
            conditions.append(OF_READING.format(conditions=" AND ".join(rules.sql)))
            binding.posting_parameters += [number, *rules.parameters]
        if query:
            cases.append("WHEN %s THEN entry.vector @@ %s::tsquery")
            binding.vector_parameters += [each.configuration, query]
    binding.drivers, binding.is_whole = _affordable(binding.drivers)
    if conditions:
        binding.by_postings = " AND ".join(conditions)
    if cases:
        binding.by_vector = IN_VECTOR.format(cases=" ".join(cases))
    return binding


def _drivers(reading: ParsedQuery) -> list[Term]:
    """The rarest stem of each alternative, of the group that leads to the fewest articles."""
    groups = [[_rarest(phrase) for phrase in group] for group in reading.required]
    return min(groups, key=lambda group: sum(term.articles for term in group), default=[])


def _rarest(phrase: Phrase) -> Term:
    return min(phrase.stems, key=lambda term: term.articles)


def _affordable(drivers: list[Term]) -> tuple[list[Term], bool]:
    chosen: list[Term] = []
    read = 0
    for term in sorted(set(drivers), key=lambda term: term.articles):
        read += term.articles
        if read > MOST_DRIVEN and chosen:
            return chosen, False
        chosen.append(term)
    return chosen, True


class _Rules:
    """Collects what postings can say; the rest becomes a query for the vectors."""

    def __init__(self, leading: Collection[Term]) -> None:
        self.leading = leading
        self.read = sum(term.articles for term in leading)
        self.sql: list[str] = []
        self.parameters: list[int] = []
        self.left = MOST_HASHED

    def apply(self, reading: ParsedQuery) -> str:
        """The tsquery of what postings cannot say."""
        queries: list[str] = []
        for group in reading.required:
            said = len(group) == 1 and self._require_phrase(group[0])
            if not said:
                queries.append(" | ".join(f"({phrase.query})" for phrase in group))
        for phrase in sorted(reading.excluded, key=lambda each: _rarest(each).articles):
            if not (phrase.is_one_word and self._rule(phrase.stems[0], wanted=False)):
                queries.append(f"!({phrase.query})")
        return " & ".join(f"({query})" for query in queries)

    def _require_phrase(self, phrase: Phrase) -> bool:
        """Says that all its words are held; whether that is all there is to say."""
        said = [self._rule(term) for term in sorted(phrase.stems, key=lambda each: each.articles)]
        return all(said) and phrase.is_one_word

    def _rule(self, term: Term, *, wanted: bool = True) -> bool:
        if wanted and list(self.leading) == [term]:
            return True  # where nothing else is read, everybody holds it
        if term.articles > LOOKUPS * self.read:
            rule = LOOKED_UP
        elif term.articles <= self.left:
            self.left -= term.articles
            rule = LISTED
        else:
            return False
        self.sql.append(rule.format(wanted=wanted))
        self.parameters.append(term.lexeme_id)
        return True
