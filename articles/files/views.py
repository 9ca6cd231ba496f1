"""The views that serve files: from Django, through nginx or from a bucket, as images are.

Django also sends parts of a file, for players that jump to a place in a recording (RFC 9110, section 14);
nginx and buckets answer such requests themselves.
"""

import logging
import re
from collections.abc import Iterator
from datetime import timedelta
from typing import IO, Any, Final
from urllib.parse import quote

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import (
    FileResponse,
    HttpRequest,
    HttpResponse,
    HttpResponseGone,
    HttpResponseNotFound,
    HttpResponseRedirect,
    StreamingHttpResponse,
)
from django.http.response import HttpResponseBase
from django.utils import timezone
from django.utils.cache import get_conditional_response
from django.utils.http import content_disposition_header
from django.utils.text import slugify
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from articles.files.inspection.file_types import BY_MEDIA_TYPE
from articles.files.models import File
from articles.images.views import FILE_HEADERS, FOR_EVER

FILE_NAME: Final = r"[A-Za-z0-9_-]{1,50}\.(?:pdf|mp3|m4a|ogg|wav|flac)"
"""Pattern of the names that are served."""
MAX_AGE: Final = timedelta(minutes=1)
AUDIO_URL_VALIDITY: Final = timedelta(hours=6)
"""Validity of a signed URL of audio, which players request again while somebody listens."""
SERVED_FIELDS: Final = (
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
    found = File.objects.only(*SERVED_FIELDS).filter(name=name).first()
    if found is None:
        return _not_found()
    if not found.may_be_shown:
        message = gettext("This file is no longer available.")
        gone = HttpResponseGone(message, content_type="text/plain; charset=utf-8")
        gone.headers["Cache-Control"] = _lifetime(found)
        return _with_headers(gone)
    tag = f'"{found.name}"'
    response = get_conditional_response(request, tag) or _response(request, found, tag)
    if response.status_code in {200, 206, 304}:
        response.headers["ETag"] = tag
    if response.status_code not in {404, 416}:
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
    found = File.objects.only(*SERVED_FIELDS).filter(name=name).first()
    return _not_found() if found is None else _response(request, found, f'"{found.name}"')


def _lifetime(found: File) -> str:
    """One minute, or less if the licence ends before."""
    now = timezone.now()
    ends = found.licence_until
    left = min(MAX_AGE, ends - now) if ends is not None and ends > now else MAX_AGE
    return f"public, max-age={int(left.total_seconds())}"


def _response(request: HttpRequest, found: File, tag: str) -> HttpResponseBase:
    try:
        return _with_headers(_content_response(request, found, tag), _download_name(found))
    except OSError:
        log.exception("The file %s is missing", found.name)
        return _not_found()


def _content_response(request: HttpRequest, found: File, tag: str) -> HttpResponseBase:
    """The response with the content, or with its place in storage.

    Raises:
        OSError: the stored file is missing.
    """
    if settings.IMAGES_IN_BUCKET:
        storage: Any = found.stored.storage
        options = {}
        if found.is_audio:
            options["valid_for"] = AUDIO_URL_VALIDITY
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
    """The response with headers by which a browser saves the file, whatever it contains; players ignore them."""
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


CHUNK_SIZE: Final = 64 * 1024
RANGE: Final = re.compile(r"bytes=(\d{0,18})-(\d{0,18})", re.ASCII)


def ranged_response(
    request: HttpRequest, file: "IO[Any]", size: int, media_type: str, tag: str
) -> HttpResponseBase:
    """The whole file, or the one range that was requested."""
    requested = _requested_range(request, size, tag)
    response: HttpResponseBase
    if requested is None:
        response = FileResponse(file, content_type=media_type)
    elif requested[0] >= size:
        file.close()
        response = HttpResponse(status=416)
        response.headers["Content-Range"] = f"bytes */{size}"
    else:
        start, end = requested
        response = StreamingHttpResponse(
            _chunks(file, start, end), status=206, content_type=media_type
        )
        response.headers["Content-Range"] = f"bytes {start}-{end - 1}/{size}"
        response.headers["Content-Length"] = str(end - start)
    response.headers["Accept-Ranges"] = "bytes"
    return response


def _requested_range(request: HttpRequest, size: int, tag: str) -> tuple[int, int] | None:
    """Start and end of the range, or None for the whole file: also for several ranges."""
    found = RANGE.fullmatch(request.headers.get("Range", ""))
    if found is None or found.groups() == ("", ""):
        return None
    if request.headers.get("If-Range", tag) != tag:
        return None
    first, last = found.groups()
    if not first:
        # A length from the end.
        return (max(0, size - int(last)), size) if int(last) else (size, size)
    end = min(int(last) + 1, size) if last else size
    if last and int(last) < int(first):
        return None
    return int(first), end


def _chunks(file: "IO[Any]", start: int, end: int) -> Iterator[bytes]:
    with file:
        file.seek(start)
        left = end - start
        while left > 0 and (chunk := file.read(min(CHUNK_SIZE, left))):
            left -= len(chunk)
            yield chunk
