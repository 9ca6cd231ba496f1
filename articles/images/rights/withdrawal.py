"""Withdrawing an image from the site and restoring it; expiring licences for the dashboard.

The rows and uses of a withdrawn image stay; `RightsMixin.may_be_shown` hides it.
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
from articles.images.models import Image, ImageEvent, ImageQuerySet
from articles.images.models.image import SOON
from articles.images.rights.usage_check import at_field
from iria.core.hooks import DashboardPanel, ListLine


def withdraw(image: Image, *, by: User | None, reason: str) -> bool:
    """Hides the image everywhere from the next request; returns whether it was visible before."""
    with transaction.atomic():
        row = Image.objects.select_for_update(of=("self",)).get(pk=image.pk)
        if row.withdrawn_at is not None:
            return False
        _set(row, ImageEvent.Action.WITHDRAWN, reason, by)
    return True


def restore(image: Image, *, by: User | None) -> bool:
    """Shows the image again, if its licence allows; returns whether it was withdrawn."""
    with transaction.atomic():
        row = Image.objects.select_for_update(of=("self",)).get(pk=image.pk)
        if row.withdrawn_at is None:
            return False
        _set(row, ImageEvent.Action.RESTORED, "", by)
    return True


def _set(image: Image, action: ImageEvent.Action, reason: str, by: User | None) -> None:
    before = image.withdrawn_reason
    image.withdrawn_at = timezone.now() if action == ImageEvent.Action.WITHDRAWN else None
    image.withdrawn_reason = reason
    image.save(update_fields=["withdrawn_at", "withdrawn_reason", "modified_at"])
    ImageEvent.objects.create(
        image=image, action=action, before=before, after=reason, reason=reason, created_by=by
    )


WARNED: Final = SOON
"""Time before and after the end of a licence in which a used image is listed."""
LINES: Final = 10


def expiring_licences(user: User) -> DashboardPanel | None:
    """Used images whose licence expires within two weeks, soonest first, then those whose licence
    expired in the last two weeks, latest first; after ten, how many more there are.

    For users who may view images; None if there are none.
    """
    if not user.has_perm("articles.view_image"):
        return None
    now = timezone.now()
    concerned = _concerned(now)
    lines = [_line(image, now) for image in concerned.defer("metadata")[:LINES]]
    if not lines:
        return None
    more = _more(concerned, now) if len(lines) == LINES else []
    context = {"lines": lines, "more_lines": more}
    return DashboardPanel("Expiring image licences", "admin/dashboard/lines.html", context)


def _concerned(now: datetime) -> ImageQuerySet:
    """Used images whose licence expires or expired within two weeks, future dates first."""
    expiring = Image.objects.filter(licence_until__gt=now - WARNED, licence_until__lte=now + WARNED)
    used = expiring.filter(Image.objects.in_use(), withdrawn_at__isnull=True)
    to_come = Case(When(licence_until__gt=now, then="licence_until"))
    return used.order_by(to_come.asc(nulls_last=True), "-licence_until", "pk")


def _more(concerned: ImageQuerySet, now: datetime) -> list[ListLine]:
    """How many images are not listed, with links to the library."""
    coming = concerned.filter(licence_until__gt=now).count()
    ended = concerned.filter(licence_until__lte=now).count()
    unseen = max(coming - LINES, 0)
    left_out = {
        "soon": (unseen, "expiring within 14 days"),
        "ended": (coming + ended - LINES - unseen, "expired in the last 14 days"),
    }
    library = reverse("admin:articles_image_changelist")
    return [
        ListLine(f"and {count} more", text, f"{library}?licence={kind}&used=yes")
        for kind, (count, text) in left_out.items()
        if count
    ]


def _line(image: Image, now: datetime) -> ListLine:
    until = image.licence_until
    assert until is not None  # noqa: S101 - the queryset filters by it
    when = date_format(timezone.localtime(until), "DATETIME_FORMAT")
    text = f"expired on {when} and is hidden" if until <= now else f"expires on {when}"
    uses = uses_of(image)
    where = f"; used in {listed(uses)}" if uses else ""
    return ListLine(str(image), f"{text}{where}", at_field(image, "licence_until"))
