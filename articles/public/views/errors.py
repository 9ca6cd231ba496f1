"""What a reader gets where there is nothing, where a request cannot be read, or where something broke."""

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
from articles.public.did_you_mean import DidYouMean, meant_by, words_of
from articles.public.redirect_middleware import new_address
from iria.core.http.headers import client_ip
from iria.core.http.private_paths import is_private
from iria.core.http.rate_limit import count_and_allow
from iria.core.pagination import NoSuchPage
from iria.publication.language import in_its_language

NEWEST = 5
TOO_MUCH = gettext_noop("More was sent than can be taken at once")
UNREADABLE = gettext_noop("What was sent cannot be read")


@in_its_language
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was perhaps meant, its words in the search field; else the newest; the sections."""
    if is_private(request) or request.method not in {"GET", "HEAD"}:
        meant = DidYouMean(words_of(request.path))
    elif new_address(request.path):
        return HttpResponse(status=404)  # `Moved` leads on from here; nobody sees this
    else:
        meant = (
            meant_by(request.path) if _may_search(request) else DidYouMean(words_of(request.path))
        )
    newest = Article.objects.published().newest().for_cards()[:NEWEST]
    context = {
        "meant": meant,
        "newest": [] if meant.articles else newest,
        "wanted": meant.words,
        "reason": str(exception) if isinstance(exception, NoSuchPage) else "",
    }
    return render(request, "404.html", context, status=404)


def _may_search(request: HttpRequest) -> bool:
    """A search costs more than a page; whoever tries address after address gets the plain one."""
    who = client_ip(request)
    return count_and_allow("missing", who, limit=60, per=timedelta(minutes=1))


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    """What was sent was too large, cut off on its way, or not written as a form is."""
    if isinstance(exception, DisallowedHost):
        # No page of ours has this name; links on one would lead nowhere.
        return HttpResponse(
            "This site is not known by that name.\n", status=400, content_type="text/plain"
        )
    return _refused(request, exception)


@in_its_language
def _refused(request: HttpRequest, exception: Exception) -> HttpResponse:
    context = {"heading": gettext(UNREADABLE), "sentence": _what_to_do(exception)}
    status = 400
    if isinstance(exception, RequestDataTooBig | TooManyFieldsSent | TooManyFilesSent):
        context["heading"], status = gettext(TOO_MUCH), 413
    return render(request, "400.html", context, status=status)


def _what_to_do(exception: Exception) -> str:
    match exception:
        case RequestDataTooBig():
            most = (settings.DATA_UPLOAD_MAX_MEMORY_SIZE or 0) // 1024**2
            sentence = gettext(
                "A form may hold %(most)s MB of text. Please go back and send less of it."
            )
            return sentence % {"most": most}
        case TooManyFieldsSent():
            most = settings.DATA_UPLOAD_MAX_NUMBER_FIELDS or 0
            sentence = gettext(
                "A form may hold %(most)s fields. Please go back and choose fewer rows."
            )
            return sentence % {"most": f"{most:,}"}
        case TooManyFilesSent():
            most = settings.DATA_UPLOAD_MAX_NUMBER_FILES or 0
            sentence = gettext(
                "At most %(most)s files can be sent at once. Please go back and choose fewer."
            )
            return sentence % {"most": most}
    return gettext("It may have been cut off on its way. Please go back and send it once more.")


def server_error(request: HttpRequest) -> HttpResponse:
    """Written without the database, which may be what broke."""
    try:
        page: str = render_to_string("500.html")
    except Exception:
        page = "<!doctype html><title>Something broke</title><p>Something broke on our side."
    return HttpResponse(page, status=500)
