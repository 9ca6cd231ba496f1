"""The one view that serves pictures."""

import logging
import re
from typing import Final

from django.core.exceptions import PermissionDenied
from django.http import (
    HttpRequest,
    HttpResponse,
    HttpResponseGone,
    HttpResponseNotFound,
    HttpResponsePermanentRedirect,
)
from django.http.response import HttpResponseBase
from django.utils.cache import get_conditional_response
from django.utils.translation import gettext
from django.views.decorators.http import require_safe

from articles.images.handing import SEALED, for_a_while, handed, keeping
from articles.images.models import FormerName, Image, Rendition
from articles.images.models.licensed import DECIDING
from articles.images.showing import PictureFile

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
        response.headers["Cache-Control"] = keeping(found.image)
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
        return handed(found)
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
