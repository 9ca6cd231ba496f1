"""The view that serves the images of link cards."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from articles.embeds.models import LinkCard
from articles.images.renditions.views import FILE_HEADERS, FOR_EVER


@require_safe
def thumbnail(request: HttpRequest, name: str) -> HttpResponse:
    """An image by the hash of its content, which never changes. One query."""
    found = LinkCard.objects.only("thumbnail").filter(thumbnail_name=name)[:1]
    card = get_object_or_404(found)
    headers = {**FILE_HEADERS, "Cache-Control": FOR_EVER}
    return HttpResponse(bytes(card.thumbnail), content_type="image/jpeg", headers=headers)
