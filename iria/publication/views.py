"""What a page fetches of the publication's look."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.views.decorators.http import require_safe

from iria.publication import accent
from iria.publication.models import Emblem

FOREVER = "public, max-age=31536000, immutable"


@require_safe
def theme(request: HttpRequest, light: str, dark: str) -> HttpResponse:
    """The rules of an accent; its address says all there is to know, so the answer never changes."""
    rules = accent.stylesheet(f"#{light}", f"#{dark}")
    return HttpResponse(
        rules, content_type="text/css; charset=utf-8", headers={"Cache-Control": FOREVER}
    )


@require_safe
def emblem(request: HttpRequest, name: str) -> HttpResponse:
    """A logo or an icon under its name, which never comes to mean other bytes."""
    found = get_object_or_404(Emblem, name=name)
    headers = {"Cache-Control": FOREVER, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(found.png), content_type="image/png", headers=headers)
