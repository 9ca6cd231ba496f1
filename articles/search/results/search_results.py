"""The answer to a whole question: what was found, its facets, and what was perhaps meant."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse

from articles.search.query.search_request import SearchRequest
from articles.search.query_counts import countable
from articles.search.ranking.engine import Findings, find
from articles.search.results.facets import Facet, facets_of
from articles.search.results.spelling import corrected
from iria.core.http.urls import absolute_url


@dataclass(frozen=True, slots=True)
class SearchResults:
    """What the search page shows."""

    asked: SearchRequest
    findings: Findings
    facets: list[Facet] = field(default_factory=list)
    offered: str = ""
    """Words that were perhaps meant; a link."""
    instead_of: str = ""
    """The words that found nothing; the findings are those of the corrected ones."""

    @property
    def offered_address(self) -> str:
        return self.asked.anew(self.offered).address()

    @property
    def opened_address(self) -> str:
        """Where a browser tells that something was opened; empty for words that are not counted."""
        key = countable(self.instead_of or self.asked.words)
        return absolute_url(f"{reverse('search_opened')}?{urlencode({'q': key})}") if key else ""

    @property
    def next_address(self) -> str:
        return self._page(self.findings.next_page)

    @property
    def previous_address(self) -> str:
        return self._page(self.findings.previous_page)

    def _page(self, number: int | None) -> str:
        if number is None:
            return ""
        return self.asked.address(page=str(number)) if number > 1 else self.asked.address()


def answer(question: SearchRequest) -> SearchResults:
    """Finds, counts, and looks at the spelling; words that find nothing are corrected at once.

    One transaction, so that the settings which `reading.READ` makes hold for the counting too.

    Raises:
        Unanswerable, NoSuchPage: as `find` does.
    """
    with transaction.atomic():
        return _answer(question)


def _answer(question: SearchRequest) -> SearchResults:
    findings = _found(question)
    # Whoever turned the page found what they meant.
    better = corrected(question.words) or "" if question.page == "1" else ""
    if better and not findings.total:
        meant = question.anew(better)
        instead = _found(meant)
        if instead.total:
            return SearchResults(meant, instead, _facets(meant, instead), instead_of=question.words)
    return SearchResults(question, findings, _facets(question, findings), offered=better)


def _found(question: SearchRequest) -> Findings:
    return find(
        question.words, page=question.page, narrowing=question.narrowing, sort=question.sort
    )


def _facets(question: SearchRequest, findings: Findings) -> list[Facet]:
    return facets_of(findings.matched, question)
