"""The results of a search request: a page of results, facets, and a spelling suggestion."""

from dataclasses import dataclass, field
from urllib.parse import urlencode

from django.db import transaction
from django.urls import reverse

from articles.search.query.search_request import SearchRequest
from articles.search.query_counts import countable_query
from articles.search.ranking.engine import ResultPage, search_articles
from articles.search.results.facets import Facet, build_facets
from articles.search.results.spelling import correct_spelling
from iria.core.db.replica import reading
from iria.core.http.urls import absolute_url


@dataclass(frozen=True, slots=True)
class SearchResults:
    """What the search page shows."""

    request: SearchRequest
    page: ResultPage
    facets: list[Facet] = field(default_factory=list)
    suggestion: str = ""
    """The corrected query, shown as a link."""
    corrected_from: str = ""
    """The original query without results, if the results are those of the corrected one."""

    @property
    def suggestion_url(self) -> str:
        return self.request.with_text(self.suggestion).url()

    @property
    def click_url(self) -> str:
        """The URL to report clicks to; empty for queries that are not counted."""
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
    """Searches, builds facets and checks the spelling; without results the corrected query is used.

    In one transaction, so that the settings of `parser.READ` apply to the facets too.

    Raises:
        InvalidQuery, NoSuchPage: see `search_articles`.
    """
    with transaction.atomic(using=reading.alias):
        return _run(request)


def _run(request: SearchRequest) -> SearchResults:
    page = _search(request)
    # No suggestion on later pages, because their readers found results.
    corrected = correct_spelling(request.text) or "" if request.page == "1" else ""
    if corrected and not page.total:
        correction = request.with_text(corrected)
        corrected_page = _search(correction)
        if corrected_page.total:
            return SearchResults(
                correction,
                corrected_page,
                _facets(correction, corrected_page),
                corrected_from=request.text,
            )
    return SearchResults(request, page, _facets(request, page), suggestion=corrected)


def _search(request: SearchRequest) -> ResultPage:
    return search_articles(
        request.text, page=request.page, filters=request.filters, sort=request.sort
    )


def _facets(request: SearchRequest, page: ResultPage) -> list[Facet]:
    return build_facets(page.matched, request)
