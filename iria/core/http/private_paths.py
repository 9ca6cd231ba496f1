"""Pages with a secret in their URL, sessions for private paths only, and protection against other sites (CSRF).

Public pages are the same for everybody. So outside `PRIVATE_PATHS` the middlewares for sessions, sign-in
and CSRF tokens do nothing, `request.session` does not exist, and a view that uses it fails in its first test.

Public forms are protected by the origin of a request instead, since a token would make every copy of a page different
(docs/decisions/public-pages.md). Browsers send where a request comes from: `Sec-Fetch-Site` (Fetch Metadata)
and `Origin` (RFC 6454). A client that sends neither is not a browser and has no cookies of a reader, so it
may pass.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware
from django.shortcuts import render

from iria.core.http.headers import GetResponse

SAFE_METHODS = frozenset({"GET", "HEAD", "OPTIONS", "TRACE"})


def is_foreign(request: HttpRequest) -> bool:
    """Whether another site sent this request, according to the browser."""
    fetch_site = request.headers.get("Sec-Fetch-Site")
    if fetch_site is not None:
        return fetch_site not in {"same-origin", "none"}
    origin = request.headers.get("Origin")
    if origin is None:
        return False
    try:
        sender = urlsplit(origin)
    except ValueError:
        return True  # not written by a browser
    site = urlsplit(settings.SITE_URL)
    own = {(site.scheme, site.netloc), (request.scheme or "", request.get_host())}
    return (sender.scheme, sender.netloc) not in own


def open_to_other_sites(view: "GetResponse") -> "GetResponse":
    """Exempts a view that is authorised by a token in its URL, such as one-click unsubscribe (RFC 8058)."""
    view.open_to_other_sites = True  # type: ignore[attr-defined]
    return view


class SameOrigin:
    """Rejects unsafe requests from other sites."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(
        self, request: HttpRequest, view: GetResponse, args: object, kwargs: object
    ) -> HttpResponse | None:
        if request.method in SAFE_METHODS or getattr(view, "open_to_other_sites", False):
            return None
        if not is_foreign(request):
            return None
        return render(request, "iria/refused_origin.html", status=403)


SECRET = ("password", "token", "code")


def csrf_failure(request: HttpRequest, reason: str = "", *, because: str = "") -> HttpResponse:
    """Rejects a form, and shows the submitted text again so that it is not lost.

    Django's CSRF check calls this with a reason, which does not help the user.

    Args:
        because: what happened since the form was opened, and what to do.
    """
    context = {"words": submitted_text(request), "because": because}
    response = render(request, "iria/csrf_failure.html", context, status=403)
    response.headers["Cache-Control"] = "private, no-store"
    return response


def submitted_text(request: HttpRequest) -> list[tuple[str, str]]:
    """The submitted fields with more than one word, by label; never a password."""
    return [
        (name.replace("_", " ").replace("-", " ").capitalize(), text)
        for name, texts in request.POST.lists()
        for text in texts
        if len(text.split()) > 1 and not any(secret in name for secret in SECRET)
    ]


View = Callable[..., HttpResponse]


def secret_link(view: View) -> View:
    """For a page with a secret in its URL: it is not cached, not indexed and not sent as referrer."""

    @wraps(view)
    def wrapped(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = view(request, *args, **kwargs)
        response.headers["Cache-Control"] = "private, no-store"
        response.headers["Referrer-Policy"] = "same-origin"
        response.headers["X-Robots-Tag"] = "noindex, nofollow"
        return response

    return wrapped


def is_private(request: HttpRequest) -> bool:
    return request.path.startswith(tuple(settings.PRIVATE_PATHS))


class Sessions(SessionMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        if is_private(request):
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not is_private(request):
            return response
        # No response under a private path may be in a shared cache, not even an error page.
        response.headers.setdefault("Cache-Control", "private, no-store")
        return super().process_response(request, response)


class Csrf(CsrfViewMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        if is_private(request):
            super().process_request(request)

    def process_view(
        self,
        request: HttpRequest,
        callback: Any,
        callback_args: tuple[Any, ...],
        callback_kwargs: dict[str, Any],
    ) -> HttpResponseForbidden | None:
        if not is_private(request):
            return None
        return super().process_view(request, callback, callback_args, callback_kwargs)

    def process_response(
        self, request: HttpRequest, response: HttpResponseBase
    ) -> HttpResponseBase:
        if not is_private(request):
            return response
        return super().process_response(request, response)


class Authentication(AuthenticationMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        if is_private(request):
            super().process_request(request)


class Messages(MessageMiddleware):
    def process_request(self, request: HttpRequest) -> None:
        if is_private(request):
            super().process_request(request)

    def process_response(self, request: HttpRequest, response: HttpResponse) -> HttpResponse:
        if not is_private(request):
            return response
        return super().process_response(request, response)
