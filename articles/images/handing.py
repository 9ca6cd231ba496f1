"""How the bytes of a picture reach whoever asks: from here, through nginx, or from a bucket."""

from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.utils import timezone

from articles.images.models import Image, Rendition
from articles.images.showing import MEDIA_TYPES

FOR_EVER: Final = "public, max-age=31536000, immutable"
MINUTE: Final = timedelta(minutes=1)

SEALED: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    # Feed readers and mail programs show our pictures on pages of theirs.
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""A file that somebody once uploaded is nothing but a picture, whatever a browser makes of it."""


def handed(rendition: Rendition) -> HttpResponseBase:
    """The file. Raises OSError where it is not there."""
    kind = MEDIA_TYPES[rendition.format]
    response: HttpResponseBase
    if settings.PICTURES_FROM_BUCKET:
        response = HttpResponseRedirect(_in_the_bucket(rendition))
    elif settings.PICTURES_ACCEL:
        response = HttpResponse(content_type=kind)
        place = f"{settings.PICTURES_ACCEL}{rendition.file.name}"
        response.headers["X-Accel-Redirect"] = quote(place)
    else:
        response = FileResponse(rendition.file.open("rb"), content_type=kind)
    for name, value in SEALED.items():
        response.headers[name] = value
    return response


def _in_the_bucket(rendition: Rendition) -> str:
    """An address that opens for a moment, and not past the end of the picture's licence."""
    storage: Any = rendition.file.storage
    now = timezone.now()
    changes = _changes(rendition.image, now)
    left = {"most": min(changes) - now} if changes else {}
    return str(storage.url(rendition.file.name, **left))


def keeping(image: Image) -> str:
    """How long a copy may be kept elsewhere: never past the end of the picture's licence."""
    if image.licence_until is None and not settings.PICTURES_FROM_BUCKET:
        return FOR_EVER
    return for_a_while(image)


def for_a_while(image: Image) -> str:
    """A minute, or less where what may be seen of the picture changes before."""
    now = timezone.now()
    return f"public, max-age={_seconds(min(_changes(image, now), default=now + MINUTE), now)}"


def _changes(image: Image, now: datetime) -> list[datetime]:
    """When what may be seen of the picture will change by itself."""
    return [end for end in (image.licence_from, image.licence_until) if end and end > now]


def _seconds(end: datetime, now: datetime) -> int:
    return int(min(end - now, MINUTE).total_seconds())
