"""Error pages: not found, bad request, server error."""

from datetime import timedelta

from django.conf import settings
from django.core.exceptions import (
    DisallowedHost,
    RequestDataTooBig,
    TooManyFieldsSent,
    TooManyFilesSent,
)
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.utils.translation import gettext, gettext_noop

from articles.editorial.models import Article
from articles.public.did_you_mean import DidYouMean, did_you_mean, words_in_path
from articles.public.redirect_middleware import find_redirect
from iria.core.http.headers import client_ip
from iria.core.http.private_paths import is_private
from iria.core.http.rate_limit import count_and_allow
from iria.core.pagination import NoSuchPage
from iria.publication.language import in_its_language

NEWEST = 5
TOO_LARGE = gettext_noop("Request too large")
INVALID_REQUEST = gettext_noop("Invalid request")


@in_its_language
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """Suggestions for the path and its words as a search; else the newest articles."""
    if is_private(request) or request.method not in {"GET", "HEAD"}:
        suggestions = DidYouMean(words_in_path(request.path))
    elif find_redirect(request.path):
        return HttpResponse(status=404)  # RedirectMiddleware replaces this response
    else:
        suggestions = (
            did_you_mean(request.path)
            if _may_search(request)
            else DidYouMean(words_in_path(request.path))
        )
    newest = Article.objects.published().newest().for_cards()[:NEWEST]
    context = {
        "suggestions": suggestions,
        "newest": [] if suggestions.articles else newest,
        "query": suggestions.query,
        "reason": str(exception) if isinstance(exception, NoSuchPage) else "",
    }
    return render(request, "404.html", context, status=404)


def _may_search(request: HttpRequest) -> bool:
    """Limits the rate of searches, which cost more than other pages."""
    who = client_ip(request)
    return count_and_allow("missing", who, limit=60, per=timedelta(minutes=1))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """The request was too large, incomplete or malformed."""
    if isinstance(exception, DisallowedHost):
        # The host is not ours, so links on a page would not work.
        return HttpResponse("Unknown host name.\n", status=400, content_type="text/plain")
    return _bad_request_page(request, exception)


@in_its_language
def _bad_request_page(request: HttpRequest, exception: Exception) -> HttpResponse:
    context = {"heading": gettext(INVALID_REQUEST), "sentence": _error_detail(exception)}
    status = 400
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        context["heading"], status = gettext(TOO_LARGE), 413
    return render(request, "400.html", context, status=status)


def _error_detail(exception: Exception) -> str:
    match exception:
        case RequestDataTooBig():
            most = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // 1024**2
            message = gettext(
                "A form can contain at most %(most)s MB of text. Go back and shorten it."
            )
            return message % {"most": most}
        case TooManyFieldsSent():
            most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS or 0
            message = gettext(
                "A form can contain at most %(most)s fields. Go back and select fewer rows."
            )
            return message % {"most": f"{most:,}"}
        case TooManyFilesSent():
            most = settings.DATA_UPLOAD_MAX_NUMBER_FILES or 0
            message = gettext(
                "You can upload at most %(most)s files at once. Go back and select fewer."
            )
            return message % {"most": most}
    return gettext("The request was incomplete or malformed. Go back and try again.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Rendered without the database, which may be the cause of the error."""
    try:
        page: str = render_to_string("500.html")
    except Exception:
        page = "<!doctype html><title>Server error</title><p>Something went wrong on our side."
    return HttpResponse(page, status=500)
