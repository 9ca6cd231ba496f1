"""Licences that end soon or have ended, for the first page of the desk."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Final

from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from articles.images.models import Image, ImageQuerySet
from articles.images.uses import listed, uses_of
from iria.kit.registry import Report, ReportLine

WARNED: Final = timedelta(days=14)
"""Before the end; and so long after it a picture that is still used stays on the list."""
LINES: Final = 10


def ending(user: User) -> Report | None:
    """Used pictures whose licence ends within a fortnight or ended within the last, the first one first.

    For whoever works with pictures; nothing while none of them is concerned.
    """
    if not user.has_perm("articles.view_image"):
        return None
    lines = [_line(image) for image in _concerned(concerning())]
    return Report("Licences of pictures that end", lines) if lines else None


def concerning() -> ImageQuerySet:
    """Pictures whose licence ends, or ended, within a fortnight."""
    now = timezone.now()
    near = Image.objects.filter(licence_until__gt=now - WARNED, licence_until__lte=now + WARNED)
    return near.filter(withdrawn_at__isnull=True).order_by("licence_until", "pk")


def _concerned(images: ImageQuerySet) -> Iterable[Image]:
    used = images.exclude(pk__in=images.unused().values("pk"))
    return used.defer("metadata")[:LINES]


def _line(image: Image) -> ReportLine:
    until = image.licence_until
    assert until is not None  # noqa: S101 - they were asked for by it
    when = date_format(timezone.localtime(until), "j F Y, H:i")
    has_ended = until <= timezone.now()
    words = f"ended on {when} and is withheld" if has_ended else f"may be shown until {when}"
    uses = uses_of(image)
    where = f"; it stands in {listed(uses)}" if uses else ""
    return ReportLine(str(image), f"{words}{where}", f"{image.get_absolute_url()}#id_licence_until")
