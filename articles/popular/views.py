"""The view that counts views of articles.

One number per article and day is stored. The IP address is used to detect repeated views: only a
keyed hash of it is stored, for an hour, and hashes of different articles or hours cannot be linked.
"""

import re
from datetime import timedelta
from typing import Final

from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from articles.editorial.models import Article
from iria.core.http.headers import client_ip
from iria.core.security import count_and_allow
from iria.publication.context_processors import publication_of

MAX_DIGITS: Final = 18
"""Maximum digits of an article id."""


@csrf_exempt
@require_POST
@never_cache
def seen(request: HttpRequest) -> HttpResponse:
    """Counts a view of the article; the response does not depend on whether it was counted."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    sent = request.body if 0 < length <= MAX_DIGITS else b""
    if sent.isdigit():
        count_view(request, int(sent))
    return HttpResponse(status=204)


ROBOT_AGENTS: Final = re.compile(
    r"bot|crawl|spider|slurp|scrap|fetch|preview|monitor|lighthouse|headless|phantom|selenium"
    r"|python|curl|wget|java/|go-http|axios|okhttp|libwww|facebookexternalhit|feed",
    re.IGNORECASE,
)

HOUR: Final = timedelta(hours=1)
MAX_VIEWS_OF_ARTICLE: Final = 12
"""Views of one article per hour and IP address that are counted; an office shares one IP address."""

MAX_VIEWS: Final = 240
"""Views of all articles per hour and IP address that are counted."""

COUNT_VIEW: Final = """
INSERT INTO articles_articleviews (article_id, day, views) VALUES (%s, %s, 1)
ON CONFLICT (day, article_id) DO UPDATE SET views = articles_articleviews.views + 1
"""


def count_view(request: HttpRequest, article_id: int) -> bool:
    """Counts a view of a published article; returns whether it was counted."""
    if not _is_browser(request):
        return False
    if not Article.objects.published().filter(pk=article_id).exists():
        return False
    ip_address = client_ip(request)
    if not count_and_allow("seen", ip_address, limit=MAX_VIEWS, per=HOUR):
        return False
    if not count_and_allow(f"seen {article_id}", ip_address, limit=MAX_VIEWS_OF_ARTICLE, per=HOUR):
        return False
    today = publication_of(request).local_date(timezone.now())
    with connection.cursor() as cursor:
        cursor.execute(COUNT_VIEW, [article_id, today])
    return True


def _is_browser(request: HttpRequest) -> bool:
    """Whether the headers are those of a browser; robots declare themselves or lack headers.

    Requests from other sites are rejected before (`iria.core.http.private_paths`).
    """
    agent = request.headers.get("User-Agent", "")
    browser_headers = {"Sec-Fetch-Site", "Origin"} & set(request.headers)
    is_prefetch = request.headers.get("Sec-Purpose") or request.headers.get("Purpose")
    return bool(agent and browser_headers) and not is_prefetch and not ROBOT_AGENTS.search(agent)
