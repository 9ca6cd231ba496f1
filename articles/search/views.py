"""The search page."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from articles.search.answering import Answer, answer
from articles.search.asking import Asked, NothingLikeIt, asked
from articles.search.query import NoSuchPage, Unanswerable
from iria.kit.caching import public_page


@public_page
def search(request: HttpRequest) -> HttpResponse:
    """The form, and what was found; a question that cannot be answered gets a sentence instead."""
    question = Asked(request.GET.get("q", "").strip())
    found: Answer | None = None
    problem, status, elsewhere = "", 200, ""
    try:
        question = asked(request.GET)
        if question.words:
            found = answer(question)
    except NoSuchPage as mistake:
        problem, status, elsewhere = mistake.sentence, 404, question.address()
    except NothingLikeIt as mistake:
        problem, status, elsewhere = mistake.sentence, 400, question.address()
    except Unanswerable as mistake:
        problem, status = mistake.sentence, 400
    context = {
        "words": question.words,
        "asked": question,
        "answer": found,
        "problem": problem,
        "beyond": status == 404,
        "elsewhere": elsewhere,
    }
    return render(request, "articles/search/search.html", context, status=status)
