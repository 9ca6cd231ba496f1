"""The views that serve renditions: from Django, through nginx, or from a bucket."""

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

from articles.images.models import Image, OldRenditionName, Rendition
from articles.images.models.rights import VISIBILITY_FIELDS
from articles.images.srcset import MEDIA_TYPES, RenditionFile

FOR_EVER: Final = "public, max-age=31536000, immutable"
MINUTE: Final = timedelta(minutes=1)

FILE_HEADERS: Final = {
    "Content-Security-Policy": "default-src 'none'; sandbox",
    "X-Content-Type-Options": "nosniff",
    # Feed readers and mail programs show our images on their own pages.
    "Cross-Origin-Resource-Policy": "cross-origin",
}
"""An uploaded file is only an image, whatever a browser makes of it."""


def file_response(rendition: Rendition) -> HttpResponseBase:
    """The file. Raises OSError if it is missing."""
    kind = MEDIA_TYPES[rendition.format]
    response: HttpResponseBase
    if settings.IMAGES_IN_BUCKET:
        response = HttpResponseRedirect(_signed_url(rendition))
    elif settings.IMAGE_ACCEL_LOCATION:
        response = HttpResponse(content_type=kind)
        location = f"{settings.IMAGE_ACCEL_LOCATION}{rendition.file.name}"
        response.headers["X-Accel-Redirect"] = quote(location)
    else:
        response = FileResponse(rendition.file.open("rb"), content_type=kind)
    for name, value in FILE_HEADERS.items():
        response.headers[name] = value
    return response


def _signed_url(rendition: Rendition) -> str:
    """A URL that is valid for a short time, at most to the end of the licence."""
    storage: Any = rendition.file.storage
    now = timezone.now()
    changes = _changes(rendition.image, now)
    left = {"most": min(changes) - now} if changes else {}
    return str(storage.url(rendition.file.name, **left))


def cache_lifetime(image: Image) -> str:
    """`Cache-Control` of a file: never beyond the end of the licence."""
    if image.licence_until is None and not settings.IMAGES_IN_BUCKET:
        return FOR_EVER
    return short_lifetime(image)


def short_lifetime(image: Image) -> str:
    """One minute, or less if the licence starts or ends before."""
    now = timezone.now()
    return f"public, max-age={_seconds(min(_changes(image, now), default=now + MINUTE), now)}"


def _changes(image: Image, now: datetime) -> list[datetime]:
    """The future start and end of the licence."""
    return [end for end in (image.licence_from, image.licence_until) if end and end > now]


def _seconds(end: datetime, now: datetime) -> int:
    return int(min(end - now, MINUTE).total_seconds())


NAME: Final = r"[A-Za-z0-9_-]{1,60}\.(?:avif|webp|jpeg|png)"
"""Pattern of the file names that are served."""

_DECIDING: Final = [f"image__{name}" for name in (*VISIBILITY_FIELDS, "licensed_for_newsletter")]

log = logging.getLogger(__name__)


@require_safe
def rendition(request: HttpRequest, name: str) -> HttpResponseBase:
    """A rendition by its unguessable name, whose bytes never change.

    One query; a second one for a former name.
    """
    known = Rendition.objects.select_related("image").only("name", "format", "file", *_DECIDING)
    found = known.filter(name=name).first()
    if found is None:
        return _redirect_former_name(name)
    if not found.image.may_be_served:
        return _gone(found.image)
    tag = f'"{found.name}"'
    response = get_conditional_response(request, tag) or _file(found)
    if response.status_code in {200, 304}:
        response.headers["ETag"] = tag
    if response.status_code != 404:
        response.headers["Cache-Control"] = cache_lifetime(found.image)
        # Shared caches that support this header (RFC 9213) revalidate each minute.
        response.headers["CDN-Cache-Control"] = short_lifetime(found.image)
    return response


@require_safe
def admin_rendition(request: HttpRequest, name: str) -> HttpResponseBase:
    """The same for staff, also for images that may not be published."""
    if not request.user.has_perm("articles.view_image"):
        raise PermissionDenied
    found = Rendition.objects.filter(name=name).first() if re.fullmatch(NAME, name) else None
    if found is None:
        return _not_found()
    return _file(found)


def _file(found: Rendition) -> HttpResponseBase:
    try:
        return file_response(found)
    except OSError:
        log.exception("The file of rendition %s is missing", found.name)
        return _not_found()


def _redirect_former_name(name: str) -> HttpResponseBase:
    known = OldRenditionName.objects.select_related("image")
    former = known.only("format", "width", "shape", "moving", "image__sizes", *_DECIDING)
    found = former.filter(name=name).first()
    if found is None:
        return _not_found()
    if not found.image.may_be_served:
        return _gone(found.image)
    current = _nearest(found)
    if current is None:
        return _not_found()
    response = HttpResponsePermanentRedirect(current.get_absolute_url())
    response.headers["Cache-Control"] = short_lifetime(found.image)
    return response


def _nearest(former: OldRenditionName) -> RenditionFile | None:
    """The current file of the same size, or the most similar one if the original was replaced."""

    def distance(file: RenditionFile) -> tuple[bool, bool, bool, int]:
        return (
            file.shape != former.shape,
            file.format != former.format,
            file.moving != former.moving,
            abs(file.width - former.width),
        )

    return min((RenditionFile(*row) for row in former.image.sizes), key=distance, default=None)


def _gone(image: Image) -> HttpResponseBase:
    """Gone, for a minute: a licence may be extended."""
    message = gettext("This image is no longer available.")
    response = HttpResponseGone(message, content_type="text/plain; charset=utf-8")
    response.headers["Cache-Control"] = short_lifetime(image)
    return _with_file_headers(response)


def _not_found() -> HttpResponseBase:
    message = gettext("Image not found.")
    return _with_file_headers(
        HttpResponseNotFound(message, content_type="text/plain; charset=utf-8")
    )


def _with_file_headers(response: HttpResponse) -> HttpResponse:
    for name, value in FILE_HEADERS.items():
        response.headers[name] = value
    return response
