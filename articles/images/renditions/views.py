"""How the bytes of a picture reach whoever asks: from here, through nginx, or from a bucket.

The one view that serves pictures.
"""

import logging
import re
from datetime import datetime, timedelta
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseGone,
    HttpResponseNotFound,
    HttpResponsePermanentRedirect,
    HttpResponseRedirect,
)
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from articles.images.models import FormerName, Image, Rendition
from articles.images.models.rights import DECIDING
from articles.images.srcset import MEDIA_TYPES, PictureFile

FOR_EVER: Final = "public, max-age=31536000, immutable"
MINUTE: Final = timedelta(minutes=1)

SEALED: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    # Feed readers and mail programs show our pictures on pages of theirs.
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""A file that somebody once uploaded is nothing but a picture, whatever a browser makes of it."""


def file_response(rendition: Rendition) -> HttpResponseBase:
    """The file. Raises OSError where it is not there."""
    kind = MEDIA_TYPES[rendition.format]
    response: HttpResponseBase
    if settings.IMAGES_IN_BUCKET:
        response = HttpResponseRedirect(_in_the_bucket(rendition))
    elif settings.IMAGE_ACCEL_LOCATION:
        response = HttpResponse(content_type=kind)
        place = f"{settings.IMAGE_ACCEL_LOCATION}{rendition.file.name}"
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


def cache_lifetime(image: Image) -> str:
    """How long a copy may be kept elsewhere: never past the end of the picture's licence."""
    if image.licence_until is None and not settings.IMAGES_IN_BUCKET:
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


NAME: Final = r"[A-Za-z0-9_-]{1,60}\.(?:avif|webp|jpeg|png)"
"""How the names of files that are served look."""

_DECIDING: Final = [f"image__{name}" for name in (*DECIDING, "licensed_for_newsletter")]

log = logging.getLogger(__name__)


@require_safe
def rendition(request: HttpRequest, name: str) -> HttpResponseBase:
    """A rendition under its unguessable name, which never comes to mean other bytes.

    One query; a second one where the name is of before.
    """
    asked = Rendition.objects.select_related("image").only("name", "format", "file", *_DECIDING)
    found = asked.filter(name=name).first()
    if found is None:
        return _under_its_name_of_today(name)
    if not found.image.may_be_served:
        return _withheld(found.image)
    tag = f'"{found.name}"'
    response = get_conditional_response(request, tag) or _file(found)
    if response.status_code in {200, 304}:
        response.headers["ETag"] = tag
    if response.status_code != 404:
        response.headers["Cache-Control"] = cache_lifetime(found.image)
        # Shared caches that know this word (RFC 9213) ask again each minute; browsers need not.
        response.headers["CDN-Cache-Control"] = for_a_while(found.image)
    return response


@require_safe
def at_the_desk(request: HttpRequest, name: str) -> HttpResponseBase:
    """The same for whoever works with pictures that readers may not see (yet, or any more)."""
    if not request.user.has_perm("articles.view_image"):
        raise PermissionDenied
    found = Rendition.objects.filter(name=name).first() if re.fullmatch(NAME, name) else None
    if found is None:
        return _nothing()
    return _file(found)


def _file(found: Rendition) -> HttpResponseBase:
    try:
        return file_response(found)
    except OSError:
        log.exception("The file of %s is not where it should be", found.name)
        return _nothing()


def _under_its_name_of_today(name: str) -> HttpResponseBase:
    asked = FormerName.objects.select_related("image")
    former = asked.only("format", "width", "shape", "moving", "image__sizes", *_DECIDING)
    found = former.filter(name=name).first()
    if found is None:
        return _nothing()
    if not found.image.may_be_served:
        return _withheld(found.image)
    today = _nearest(found)
    if today is None:
        return _nothing()
    response = HttpResponsePermanentRedirect(today.get_absolute_url())
    response.headers["Cache-Control"] = for_a_while(found.image)
    return response


def _nearest(former: FormerName) -> PictureFile | None:
    """The same size of today, or what comes nearest to it where the picture has another file now."""

    def distance(file: PictureFile) -> tuple[bool, bool, bool, int]:
        return (
            file.shape != former.shape,
            file.format != former.format,
            file.moving != former.moving,
            abs(file.width - former.width),
        )

    return min((PictureFile(*row) for row in former.image.sizes), key=distance, default=None)


def _withheld(image: Image) -> HttpResponseBase:
    """Gone, and a minute later asked for anew: a licence may be extended."""
    words = gettext("This picture is not shown any more.")
    response = HttpResponseGone(words, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = for_a_while(image)
    return _sealed(response)


def _nothing() -> HttpResponseBase:
    words = gettext("There is no picture under this name.")
    return _sealed(HttpResponseNotFound(words, content_type="text/plain; charset=utf-8"))


def _sealed(response: HttpResponse) -> HttpResponse:
    for name, value in SEALED.items():
        response.headers[name] = value
    return response
