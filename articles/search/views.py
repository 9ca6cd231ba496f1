"""The search page."""

from dataclasses import asdict
from typing import Final

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext
from django.views.decorators.http import require_POST

from articles.search.limits import (
    RETRY_AFTER,
    TOO_OFTEN,
    may_ask_for_suggestions,
    may_report_opening,
    may_search,
)
from articles.search.query.search_request import NothingLikeIt, SearchRequest, asked
from articles.search.query_counts import count, count_opened, is_robot
from articles.search.ranking.engine import InvalidQuery, NoSuchPage
from articles.search.results.autocomplete import suggestions
from articles.search.results.search_results import SearchResults, answer
from iria.core.http.page_cache import public_page
from iria.core.http.urls import absolute_url
from iria.publication.language import in_its_language

FEEDS: Final = {"": "rss+xml", "atom": "atom+xml", "json": "feed+json"}


@public_page
@in_its_language
def search(request: HttpRequest) -> HttpResponse:
    """The form, and what was found; a question that cannot be answered gets a sentence instead."""
    question = SearchRequest(request.GET.get("q", "").strip())
    found: SearchResults | None = None
    problem, status, elsewhere = "", 200, ""
    try:
        question = asked(request.GET)
        if question.words and not may_search(request):
            problem, status = gettext(TOO_OFTEN), 429
        elif question.words:
            found = answer(question)
            if question.is_plain and not is_robot(request.headers.get("User-Agent", "")):
                count(question.words, found.findings.total)
    except NoSuchPage as mistake:
        problem, status, elsewhere = mistake.sentence, 404, question.address()
    except NothingLikeIt as mistake:
        problem, status, elsewhere = mistake.sentence, 400, question.address()
    except InvalidQuery as mistake:
        problem, status = mistake.sentence, 400
    context = {
        "words": question.words,
        "asked": question,
        "answer": found,
        "problem": problem,
        "beyond": status == 404,
        "elsewhere": elsewhere,
    }
    response = render(request, "articles/search/search.html", context, status=status)
    if status == 429:
        for name, value in RETRY_AFTER.items():
            response.headers[name] = value
    response.headers["Link"] = _links(question if found else None)
    return response


def _links(answered: SearchRequest | None) -> str:
    """Where the page stands, and the feeds of what was searched for."""
    ways = [f'<{absolute_url(reverse("search"))}>; rel="canonical"']
    if answered:
        for form, kind in FEEDS.items():
            place = reverse("search_feed", args=[form] if form else [])
            address = absolute_url(f"{place}?{answered.query}")
            ways.append(f'<{address}>; rel="alternate"; type="application/{kind}"')
    return ", ".join(ways)


@public_page
@in_its_language
def suggest(request: HttpRequest) -> HttpResponse:
    """What begins with what was typed so far, for the list below the field."""
    if not may_ask_for_suggestions(request):
        return JsonResponse({"suggestions": []}, status=429, headers=RETRY_AFTER)
    found = suggestions(request.GET.get("q", ""))
    return JsonResponse({"suggestions": [asdict(each) for each in found]})


@require_POST
def opened(request: HttpRequest) -> HttpResponse:
    """A browser tells that something found for these words was opened (`ping` of the link)."""
    if may_report_opening(request):
        count_opened(request.GET.get("q", ""))
    return HttpResponse(status=204)
