"""The answer to a whole question: what was found, its facets, and what was perhaps meant."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse

from articles.search.query.search_request import SearchRequest
from articles.search.query_counts import countable_query
from articles.search.ranking.engine import ResultPage, search_articles
from articles.search.results.facets import Facet, build_facets
from articles.search.results.spelling import correct_spelling
from iria.core.http.urls import absolute_url


@dataclass(frozen=True, slots=True)
class SearchResults:
    """What the search page shows."""

    request: SearchRequest
    page: ResultPage
    facets: list[Facet] = field(default_factory=list)
    suggestion: str = ""
    """Words that were perhaps meant; a link."""
    corrected_from: str = ""
    """The words that found nothing; the findings are those of the corrected ones."""

    @property
    def suggestion_url(self) -> str:
        return self.request.with_text(self.suggestion).url()

    @property
    def click_url(self) -> str:
        """Where a browser tells that something was opened; empty for words that are not counted."""
        key = countable_query(self.corrected_from or self.request.text)
        return absolute_url(f"{reverse('search_opened')}?{urlencode({'q': key})}") if key else ""

    @property
    def next_url(self) -> str:
        return self._page(self.page.next_page)

    @property
    def previous_url(self) -> str:
        return self._page(self.page.previous_page)

    def _page(self, number: int | None) -> str:
        if number is None:
            return ""
        return self.request.url(page=str(number)) if number > 1 else self.request.url()


def run_search(request: SearchRequest) -> SearchResults:
    """Finds, counts, and looks at the spelling; words that find nothing are corrected at once.

    One transaction, so that the settings which `reading.READ` makes hold for the counting too.

    Raises:
        Unanswerable, NoSuchPage: as `find` does.
    """
    with transaction.atomic():
        return _run(request)


def _run(request: SearchRequest) -> SearchResults:
    page = _found(request)
    # Whoever turned the page found what they meant.
    better = correct_spelling(request.text) or "" if request.page == "1" else ""
    if better and not page.total:
        correction = request.with_text(better)
        instead = _found(correction)
        if instead.total:
            return SearchResults(
                correction, instead, _facets(correction, instead), corrected_from=request.text
            )
    return SearchResults(request, page, _facets(request, page), suggestion=better)


def _found(request: SearchRequest) -> ResultPage:
    return search_articles(
        request.text, page=request.page, filters=request.filters, sort=request.sort
    )


def _facets(request: SearchRequest, page: ResultPage) -> list[Facet]:
    return build_facets(page.matched, request)
