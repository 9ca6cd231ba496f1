"""Views of theme, brand images and the page about personal data."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from iria.core import model_policy, stored_data
from iria.core.http.page_cache import public_page
from iria.publication import colours
from iria.publication.context_processors import in_its_language
from iria.publication.models import BrandImage

FOREVER = "public, max-age=31536000, immutable"


@require_safe
def theme(request: HttpRequest, light: str, dark: str) -> HttpResponse:
    """The stylesheet of an accent; its URL contains the colours, so the response never changes."""
    return _stylesheet(colours.stylesheet(f"#{light}", f"#{dark}"))


@require_safe
def admin_theme(request: HttpRequest, light: str, dark: str) -> HttpResponse:
    """The same for the admin."""
    return _stylesheet(colours.admin_stylesheet(f"#{light}", f"#{dark}"))


def _stylesheet(rules: str) -> HttpResponse:
    return HttpResponse(
        rules, content_type="text/css; charset=utf-8", headers={"Cache-Control": FOREVER}
    )


@require_safe
def brand_image(request: HttpRequest, name: str) -> HttpResponse:
    """A logo or icon; its content never changes under the same name."""
    image = get_object_or_404(BrandImage, name=name)
    headers = {"Cache-Control": FOREVER, "X-Content-Type-Options": "nosniff"}
    return HttpResponse(bytes(image.png), content_type="image/png", headers=headers)


def _recipients(request: HttpRequest) -> tuple[str, ...]:
    """Part of the page's ETag: the recipients depend on settings, not on rows."""
    names = stored_data.active_recipients(key for key, _ in stored_data.recipients.items())
    return (f"recipients {' '.join(map(str, names))}",)


@public_page(also=_recipients)
@in_its_language
def personal_data(request: HttpRequest) -> HttpResponse:
    """Which personal data is stored, why, for how long, and who receives it: from the models' policies."""
    entries = [
        (each, list(stored_data.active_recipients(each.recipients)))
        for each in model_policy.stored_data()
    ]
    return render(request, "iria/personal_data.html", {"entries": entries})
