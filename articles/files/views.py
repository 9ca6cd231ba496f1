"""The views that serve files: from Django, through nginx, or from a bucket, as images are."""

import logging
from datetime import timedelta
from typing import Any, Final
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseGone,
    HttpResponseNotFound,
    HttpResponseRedirect,
)
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from articles.files.byte_ranges import ranged_response
from articles.files.inspection.file_types import BY_MEDIA_TYPE
from articles.files.models import File
from articles.images.renditions.views import FILE_HEADERS, FOR_EVER

NAME: Final = r"[A-Za-z0-9_-]{1,50}\.(?:pdf|mp3|m4a|ogg|wav|flac)"
"""Pattern of the names that are served."""
MINUTE: Final = timedelta(minutes=1)
LISTENING: Final = timedelta(hours=6)
"""Validity of a signed URL of audio: players ask it for more while somebody listens."""
SERVED: Final = (
    "name",
    "kind",
    "title",
    "stored",
    "media_type",
    "bytes",
    "credit",
    "licence_until",
)

log = logging.getLogger(__name__)


@require_safe
def file(request: HttpRequest, name: str) -> HttpResponseBase:
    """A file by its unguessable name, whose bytes never change. One query."""
    found = File.objects.only(*SERVED).filter(name=name).first()
    if found is None:
        return _not_found()
    if not found.may_be_shown:
        message = gettext("This file is no longer available.")
        gone = HttpResponseGone(message, content_type="text/plain; charset=utf-8")
        gone.headers["Cache-Control"] = _lifetime(found)
        return _with_headers(gone)
    tag = f'"{found.name}"'
    response = get_conditional_response(request, tag) or _sent(request, found, tag)
    if response.status_code in {200, 206, 304}:
        response.headers["ETag"] = tag
    if response.status_code != 404:
        forever = found.licence_until is None and not settings.IMAGES_IN_BUCKET
        response.headers["Cache-Control"] = FOR_EVER if forever else _lifetime(found)
        # Shared caches that support this header (RFC 9213) revalidate each minute.
        response.headers["CDN-Cache-Control"] = _lifetime(found)
    return response


@require_safe
def admin_file(request: HttpRequest, name: str) -> HttpResponseBase:
    """The same for staff, also for files that readers may not have."""
    if not request.user.has_perm("articles.view_file"):
        raise PermissionDenied
    found = File.objects.only(*SERVED).filter(name=name).first()
    return _not_found() if found is None else _sent(request, found, f'"{found.name}"')


def _lifetime(found: File) -> str:
    """One minute, or less if the licence ends before."""
    now = timezone.now()
    ends = found.licence_until
    left = min(MINUTE, ends - now) if ends is not None and ends > now else MINUTE
    return f"public, max-age={int(left.total_seconds())}"


def _sent(request: HttpRequest, found: File, tag: str) -> HttpResponseBase:
    try:
        return _with_headers(_content(request, found, tag), _download_name(found))
    except OSError:
        log.exception("The file %s is missing", found.name)
        return _not_found()


def _content(request: HttpRequest, found: File, tag: str) -> HttpResponseBase:
    """Raises OSError if it is missing."""
    if settings.IMAGES_IN_BUCKET:
        storage: Any = found.stored.storage
        options = {}
        if found.is_audio:
            options["valid_for"] = LISTENING
        if found.licence_until is not None:
            options["most"] = found.licence_until - timezone.now()
        return HttpResponseRedirect(str(storage.url(found.stored.name, **options)))
    if settings.IMAGE_ACCEL_LOCATION:
        response = HttpResponse(content_type=found.media_type)
        location = f"{settings.IMAGE_ACCEL_LOCATION}{found.stored.name}"
        response.headers["X-Accel-Redirect"] = quote(location)
        return response
    return ranged_response(request, found.stored.open("rb"), found.bytes, found.media_type, tag)


def _download_name(found: File) -> str:
    suffix = BY_MEDIA_TYPE[found.media_type].suffix
    return f"{slugify(found.title, allow_unicode=True)[:80] or 'file'}{suffix}"


def _with_headers(response: HttpResponseBase, download_name: str = "") -> HttpResponseBase:
    """A browser saves the file, whatever it contains; a player ignores the header."""
    for name, value in FILE_HEADERS.items():
        response.headers[name] = value
    if download_name:
        response.headers["Content-Disposition"] = str(
            content_disposition_header(True, download_name)
        )
    return response


def _not_found() -> HttpResponseBase:
    message = gettext("File not found.")
    return _with_headers(HttpResponseNotFound(message, content_type="text/plain; charset=utf-8"))
