"""CSRF protection by origin for public forms, and the page for a failed CSRF check.

Public pages contain no CSRF token, since a token would make every copy of a page different
(docs/decisions/public-forms.md). Browsers send where a request comes from: `Sec-Fetch-Site` (Fetch Metadata)
and `Origin` (RFC 6454). A client that sends neither is not a browser and has no cookies of a reader, so it
may pass.
"""

from urllib.parse import urlsplit

from django.conf import settings
from django.http import HttpRequest, HttpResponse
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
