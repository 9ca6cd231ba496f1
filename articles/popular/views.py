"""Where an article's page says that somebody opened it."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from articles.popular import view_counts

LONGEST = 18
"""Digits of an article's number; what is longer is none."""


@csrf_exempt
@require_POST
@never_cache
def seen(request: HttpRequest) -> HttpResponse:
    """Takes the number of the article that was opened; answers alike whether it counted or not."""
    try:
        length = int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        length = 0
    sent = request.body if 0 < length <= LONGEST else b""
    if sent.isdigit():
        view_counts.count(request, int(sent))
    return HttpResponse(status=204)
