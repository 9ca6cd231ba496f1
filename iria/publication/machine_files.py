"""Files at fixed addresses that browsers and other programs ask for without a link."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.templatetags.static import static
from django.utils import timezone
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

from iria.core.http.page_cache import public_page
from iria.core.http.urls import absolute_url
from iria.core.text.language import direction_of
from iria.publication import colours
from iria.publication.context_processors import publication_of
from iria.publication.models import Publication

MANIFEST_TYPE: Final = "application/manifest+json; charset=utf-8"
SPECULATION_TYPE: Final = "application/speculationrules+json"
VALID_FOR: Final = timedelta(days=180)
"""A file with contacts must not be valid for more than a year (RFC 9116)."""

NOT_AHEAD: Final = [
    *("/admin/*", "/accounts/*", "/comments/*", "/preview/*", "/search/*", "/newsletter/*"),
    *("/api/*", "/files/*", "/*/feed/*", "/feed/*", "/reader/*"),
]
"""Paths that are not fetched before they are opened: personal, costly, or not pages."""

SPECULATION_RULES: Final = {
    "prefetch": [
        {
            "where": {
                "and": [
                    {"href_matches": "/*"},
                    {"not": {"href_matches": [*NOT_AHEAD, "/*\\?*"]}},
                    {"not": {"selector_matches": "[rel~=nofollow], [download]"}},
                ]
            },
            "eagerness": "moderate",
        }
    ]
}


@cache_control(public=True, max_age=3600)
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(_icon(publication_of(request), 32))


@cache_control(public=True, max_age=3600)
@require_safe
def touch_icon(request: HttpRequest) -> HttpResponse:
    return HttpResponseRedirect(_icon(publication_of(request), 180))


def _icon(publication: Publication, side: int) -> str:
    own = publication.brand_images.get(f"icon_{side}")
    return str(own["address"]) if own else static(f"icons/icon-{side}.png")


@public_page
def manifest(request: HttpRequest) -> HttpResponse:
    """The web app manifest: name, colours and icons of the publication."""
    publication = publication_of(request)
    language = publication.language_codes[0]
    document = {
        "id": "/",
        "name": publication.name,
        "description": publication.tagline or publication.about,
        "lang": language,
        "dir": direction_of(language),
        "start_url": "/",
        "scope": "/",
        "display": "minimal-ui",
        "background_color": colours.LIGHT_PAPERS[0],
        "theme_color": colours.LIGHT_PAPERS[0],
        "icons": _icons(publication),
    }
    text = json.dumps({name: value for name, value in document.items() if value}, indent=1)
    return HttpResponse(text, content_type=MANIFEST_TYPE)


def _icons(publication: Publication) -> list[dict[str, Any]]:
    own = publication.brand_images.get("icon_180")
    if own:
        sizes = f"{own['width']}x{own['height']}"
        return [{"src": own["address"], "sizes": sizes, "type": "image/png"}]
    icons: list[dict[str, Any]] = [
        {"src": static(f"icons/icon-{side}.png"), "sizes": f"{side}x{side}", "type": "image/png"}
        for side in (180, 512)
    ]
    icons.append({"src": static("icons/icon.svg"), "sizes": "any", "type": "image/svg+xml"})
    return icons


@cache_control(public=True, max_age=3600)
@require_safe
def security_contact(request: HttpRequest) -> HttpResponse:
    """Whom to tell about a vulnerability (RFC 9116): SECURITY_CONTACT, else the e-mail address for readers."""
    publication = publication_of(request)
    contact = settings.SECURITY_CONTACT or publication.contact_email
    if not contact:
        raise Http404
    lines = [
        f"Contact: {contact if ':' in contact else f'mailto:{contact}'}",
        f"Expires: {_expiry(timezone.now()):%Y-%m-%dT%H:%M:%SZ}",
        f"Preferred-Languages: {', '.join(publication.language_codes)}",
        f"Canonical: {absolute_url('/.well-known/security.txt')}",
    ]
    if settings.SECURITY_POLICY:
        lines.append(f"Policy: {settings.SECURITY_POLICY}")
    return HttpResponse("\n".join(lines) + "\n", content_type="text/plain; charset=utf-8")


def _expiry(now: datetime) -> datetime:
    """Half a year from the first of the month, so that the file is the same for a month."""
    first = now.astimezone(UTC).replace(day=1, hour=0, minute=0, second=0, microsecond=0)
    return first + VALID_FOR


@cache_control(public=True, max_age=3600)
@require_safe
def speculation_rules(request: HttpRequest) -> HttpResponse:
    """Which links browsers may fetch before they are opened; pages name this file in a header."""
    return HttpResponse(json.dumps(SPECULATION_RULES), content_type=SPECULATION_TYPE)
