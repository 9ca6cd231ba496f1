"""Pages with a secret in their URL, and sessions for private paths only.

Public pages are the same for everybody. So outside `PRIVATE_PATHS` the middlewares for sessions, sign-in
and CSRF tokens do nothing, `request.session` does not exist, and a view that uses it fails in its first test.
"""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.conf import settings
from django.contrib.auth.middleware import AuthenticationMiddleware
from django.contrib.messages.middleware import MessageMiddleware
from django.contrib.sessions.middleware import SessionMiddleware
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseForbidden
from django.middleware.csrf import CsrfViewMiddleware

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
