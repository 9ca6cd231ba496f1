"""The view that counts views of articles."""

from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST

from articles.popular import view_counts

LONGEST = 18
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
    sent = request.body if 0 < length <= LONGEST else b""
    if sent.isdigit():
        view_counts.count(request, int(sent))
    return HttpResponse(status=204)
