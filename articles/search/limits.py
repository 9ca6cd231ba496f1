"""How often one network may search: enough for a reader and for an office behind one address."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext_noop

from iria.core.http.headers import client_ip
from iria.core.http.rate_limit import count_and_allow

PER: Final = timedelta(minutes=1)
RETRY_AFTER: Final = {
    "Retry-After": str(int(PER.total_seconds())),
    "Cache-Control": "no-store",
}
"""Headers of an answer that is refused; the next reader behind a cache may have searched for the first time."""
TOO_OFTEN: Final = gettext_noop("Too many searches from your network. Wait a minute and try again.")
SUGGESTIONS_PER_SEARCH: Final = 5
"""While somebody types, each pause asks for suggestions."""


def may_search(request: HttpRequest) -> bool:
    """Counts one search, on the page or as a feed."""
    return _allowed("search", request, settings.SEARCH_RATE_LIMIT)


def may_autocomplete(request: HttpRequest) -> bool:
    """Counts one look for suggestions."""
    return _allowed("suggest", request, settings.SEARCH_RATE_LIMIT * SUGGESTIONS_PER_SEARCH)


def may_count_click(request: HttpRequest) -> bool:
    """Counts one report that a result was opened; it costs a row, and changes what is counted."""
    return _allowed("search opened", request, settings.SEARCH_RATE_LIMIT)


def _allowed(scope: str, request: HttpRequest, limit: int) -> bool:
    who = client_ip(request)
    # Behind a Unix socket without forwarding headers all readers would count as one.
    return not who or count_and_allow(scope, who, limit=limit, per=PER)
