"""The search page, with rate limits per network, sufficient for an office behind one IP address."""

from dataclasses import asdict
from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext, gettext_noop
from django.views.decorators.http import require_POST

from articles.search.engine import InvalidQuery, NoSuchPage
from articles.search.query_counts import count_click, count_search, is_robot
from articles.search.results import (
    InvalidFilter,
    SearchRequest,
    SearchResults,
    parse_request,
    run_search,
)
from articles.search.suggestions import suggestions
from iria.core.http.headers import client_ip
from iria.core.http.page_cache import public_page
from iria.core.http.urls import absolute_url
from iria.core.security import count_and_allow
from iria.publication.context_processors import in_its_language

PER: Final = timedelta(minutes=1)
RETRY_AFTER: Final = {
    "Retry-After": str(int(PER.total_seconds())),
    "Cache-Control": "no-store",
}
"""Headers of a rejected request. It is not cached, because the limit is that of one network."""
TOO_OFTEN: Final = gettext_noop("Too many searches from your network. Wait a minute and try again.")
SUGGESTIONS_PER_SEARCH: Final = 5
"""While somebody types, each pause requests suggestions."""


def may_search(request: HttpRequest) -> bool:
    """Counts a search, on the page or as a feed; returns whether it is allowed."""
    return _allowed("search", request, settings.SEARCH_RATE_LIMIT)


def may_autocomplete(request: HttpRequest) -> bool:
    """Counts a request for suggestions; returns whether it is allowed."""
    return _allowed("suggest", request, settings.SEARCH_RATE_LIMIT * SUGGESTIONS_PER_SEARCH)


def may_count_click(request: HttpRequest) -> bool:
    """Counts a reported click on a result; returns whether it is allowed."""
    return _allowed("search opened", request, settings.SEARCH_RATE_LIMIT)


def _allowed(scope: str, request: HttpRequest, limit: int) -> bool:
    ip_address = client_ip(request)
    # Without an address (a Unix socket and no trusted proxy), all readers would count as one.
    return not ip_address or count_and_allow(scope, ip_address, limit=limit, per=PER)


FEEDS: Final = {"": "rss+xml", "atom": "atom+xml", "json": "feed+json"}


@public_page(parameters=None, stored=False)
@in_its_language
def search(request: HttpRequest) -> HttpResponse:
    """The form and the results; an invalid query gets an error message instead."""
    search_request = SearchRequest(request.GET.get("q", "").strip())
    results: SearchResults | None = None
    problem, status, retry_url = "", 200, ""
    try:
        search_request = parse_request(request.GET)
        if search_request.text and not may_search(request):
            problem, status = gettext(TOO_OFTEN), 429
        elif search_request.text:
            results = run_search(search_request)
            if search_request.is_plain and not is_robot(request.headers.get("User-Agent", "")):
                count_search(search_request.text, results.page.total)
    except NoSuchPage as error:
        problem, status, retry_url = error.message, 404, search_request.url()
    except InvalidFilter as error:
        problem, status, retry_url = error.message, 400, search_request.url()
    except InvalidQuery as error:
        problem, status = error.message, 400
    context = {
        "query": search_request.text,
        "search_request": search_request,
        "results": results,
        "problem": problem,
        "no_such_page": status == 404,
        "retry_url": retry_url,
    }
    response = render(request, "articles/search/search.html", context, status=status)
    if status == 429:
        for name, value in RETRY_AFTER.items():
            response.headers[name] = value
    response.headers["Link"] = _links(search_request if results else None)
    return response


def _links(search_request: SearchRequest | None) -> str:
    """The canonical URL, and the feeds of this search."""
    links = [f'<{absolute_url(reverse("search"))}>; rel="canonical"']
    if search_request:
        for feed_format, subtype in FEEDS.items():
            path = reverse("search_feed", args=[feed_format] if feed_format else [])
            url = absolute_url(f"{path}?{search_request.query_string}")
            links.append(f'<{url}>; rel="alternate"; type="application/{subtype}"')
    return ", ".join(links)


@public_page(parameters=None)
@in_its_language
def suggest(request: HttpRequest) -> HttpResponse:
    """Autocomplete: names that begin with the text typed so far."""
    if not may_autocomplete(request):
        return JsonResponse({"suggestions": []}, status=429, headers=RETRY_AFTER)
    matches = suggestions(request.GET.get("q", ""))
    return JsonResponse({"suggestions": [asdict(each) for each in matches]})


@require_POST
def record_click(request: HttpRequest) -> HttpResponse:
    """A browser reports a click on a result (`ping` of the link)."""
    if may_count_click(request):
        count_click(request.GET.get("q", ""))
    return HttpResponse(status=204)
