"""Rate limits of the search per network, sufficient for an office behind one IP address."""

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
