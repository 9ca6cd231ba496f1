"""The search page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.search.query import Findings, NoSuchPage, Unanswerable, find
from iria.kit.caching import public_page


@public_page
def search(request: HttpRequest) -> HttpResponse:
    """The form, and what was found; a query that cannot be answered gets a sentence instead."""
    words = request.GET.get("q", "").strip()
    findings: Findings | None = None
    problem, status = "", 200
    try:
        if words:
            findings = find(words, page=request.GET.get("page") or 1)
    except NoSuchPage as mistake:
        problem, status = mistake.sentence, 404
    except Unanswerable as mistake:
        problem, status = mistake.sentence, 400
    context = {
        "words": words,
        "findings": findings,
        "problem": problem,
        "beyond": status == 404,
    }
    return render(request, "articles/search/search.html", context, status=status)
