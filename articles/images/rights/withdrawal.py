"""Taking a picture away from readers everywhere at once, and giving it back.

Its rows and uses stay, so that the desk sees where it stood; `Licensed.may_be_shown` withholds it.

Licences that end soon or have ended, for the first page of the desk.
"""

from datetime import datetime
from typing import Final

from django.db import transaction
from django.db.models import Case, When
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from articles.images.hooks import listed, uses_of
from articles.images.models import Image, ImageQuerySet, PictureEvent
from articles.images.models.image import SOON
from articles.images.rights.usage_check import at_field
from iria.core.hooks import Report, ReportLine


def withdraw(image: Image, *, by: User | None, reason: str) -> bool:
    """Withholds the picture in every place from the next request on; says whether it was not before."""
    with transaction.atomic():
        row = Image.objects.select_for_update(of=("self",)).get(pk=image.pk)
        if row.withdrawn_at is not None:
            return False
        _set(row, PictureEvent.What.WITHDRAWN, reason, by)
    return True


def restore(image: Image, *, by: User | None) -> bool:
    """Shows it again wherever it stands, as far as its licence allows; says whether it was withdrawn."""
    with transaction.atomic():
        row = Image.objects.select_for_update(of=("self",)).get(pk=image.pk)
        if row.withdrawn_at is None:
            return False
        _set(row, PictureEvent.What.RESTORED, "", by)
    return True


def _set(image: Image, what: PictureEvent.What, reason: str, by: User | None) -> None:
    before = image.withdrawn_reason
    image.withdrawn_at = timezone.now() if what == PictureEvent.What.WITHDRAWN else None
    image.withdrawn_reason = reason
    image.save(update_fields=["withdrawn_at", "withdrawn_reason", "changed_at"])
    PictureEvent.objects.create(
        image=image, what=what, before=before, after=reason, reason=reason, by=by
    )


WARNED: Final = SOON
"""Before the end; and so long after it a picture that is still used stays on the list."""
LINES: Final = 10


def ending(user: User) -> Report | None:
    """Used pictures whose licence ends within a fortnight, the first one first; then those whose
    licence ended within the last, the last one first. Beyond ten, how many more there are.

    For whoever works with pictures; nothing while none of them is concerned.
    """
    if not user.has_perm("articles.view_image"):
        return None
    now = timezone.now()
    concerned = _concerned(now)
    lines = [_line(image, now) for image in concerned.defer("metadata")[:LINES]]
    if not lines:
        return None
    more = _more(concerned, now) if len(lines) == LINES else []
    return Report("Licences of pictures that end", lines, more)


def _concerned(now: datetime) -> ImageQuerySet:
    """Used pictures whose licence ends, or ended, within a fortnight; what may be saved comes first."""
    near = Image.objects.filter(licence_until__gt=now - WARNED, licence_until__lte=now + WARNED)
    used = near.filter(Image.objects.in_use(), withdrawn_at__isnull=True)
    to_come = Case(When(licence_until__gt=now, then="licence_until"))
    return used.order_by(to_come.asc(nulls_last=True), "-licence_until", "pk")


def _more(concerned: ImageQuerySet, now: datetime) -> list[ReportLine]:
    """How many the lines leave out, of each kind, and where the library shows them all."""
    coming = concerned.filter(licence_until__gt=now).count()
    ended = concerned.filter(licence_until__lte=now).count()
    unseen = max(coming - LINES, 0)
    left_out = {
        "soon": (unseen, "whose licence ends within 14 days"),
        "ended": (coming + ended - LINES - unseen, "whose licence ended in the last 14 days"),
    }
    library = reverse("admin:articles_image_changelist")
    return [
        ReportLine(f"and {count} more", words, f"{library}?licence={kind}&used=yes")
        for kind, (count, words) in left_out.items()
        if count
    ]


def _line(image: Image, now: datetime) -> ReportLine:
    until = image.licence_until
    assert until is not None  # noqa: S101 - they were asked for by it
    when = date_format(timezone.localtime(until), "DATETIME_FORMAT")
    has_ended = until <= now
    words = f"ended on {when} and is withheld" if has_ended else f"may be shown until {when}"
    uses = uses_of(image)
    where = f"; it stands in {listed(uses)}" if uses else ""
    return ReportLine(str(image), f"{words}{where}", at_field(image, "licence_until"))
