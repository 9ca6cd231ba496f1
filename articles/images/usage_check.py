"""The one check whether images may be published or sent; withdrawing an image from the site.

Publishing by hand, on a schedule, by a command or an import, and the start of a mailing all call
`blockers`. PostgreSQL also ensures that every image of a published article has a credit
(`migrations/sql/picture_credits.sql`): only a concurrent change can get past the check of a form, and
the request is then processed once more with the current rows. Whether a licence covers the current time
is checked here and, for published images, by `RightsMixin.may_be_shown`, which also hides withdrawn
images; their rows and uses stay.
"""

from collections.abc import Callable, Collection, Iterable, Iterator
from datetime import datetime
from typing import Any, Final

from django.contrib.messages import get_messages
from django.db import IntegrityError, connection, transaction
from django.db.models import Case, When
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from articles.images.hooks import listed, uses_of
from articles.images.models import Image, ImageEvent, ImageQuerySet
from articles.images.models.image import SOON
from articles.images.models.rights import Channel
from iria.core.blockers import Blocker
from iria.core.hooks import DashboardPanel, ListLine

CHANNEL_NAMES: Final = {
    Channel.SITE: "the site",
    Channel.NEWSLETTER: "the newsletter",
    Channel.ARCHIVE: "articles older than 30 days",
}

SPLIT_FIELDS: Final = frozenset({"licence_from", "licence_until"})
"""Fields with two inputs in the form, date and time."""


def blockers(
    images: Iterable[Image],
    *,
    channels: Iterable[Channel],
    at: datetime | None = None,
    described: Collection[int] = (),
) -> list[Blocker]:
    """What must be fixed before these images may be used in these channels.

    Args:
        at: the time of publication, if scheduled; now if not given.
        described: ids of images that need no alt text of their own, since every use has one.
    """
    moment, wanted = at or timezone.now(), tuple(channels)
    return [
        each
        for image in images
        for each in _blockers_of(image, wanted, moment, described=image.pk in described)
    ]


def without_credit(images: Iterable[Image], *, accept_pending: bool = True) -> Iterator[Blocker]:
    """Blockers for images that have neither a credit nor an exemption.

    Args:
        accept_pending: on the site, not in mail, images may be shown that were imported without a credit.
    """
    for image in images:
        is_pending = image.credit_pending and not image.is_credited and not image.credit_exempt
        if image.lacks_credit or (is_pending and not accept_pending):
            yield Blocker(
                f"The image “{image}” has no credit. Enter one, or in the library the reason why it "
                "needs none.",
                at_field(image, "credit"),
                "Add credit",
            )


def _blockers_of(
    image: Image, channels: tuple[Channel, ...], moment: datetime, *, described: bool
) -> Iterator[Blocker]:
    if image.withdrawn_at is not None:
        reason = f" ({image.withdrawn_reason.rstrip('.')})" if image.withdrawn_reason else ""
        yield Blocker(
            f"The image “{image}” was withdrawn{reason}. Remove it or choose another.",
            image.get_absolute_url(),
            "View image",
        )
        return
    yield from without_credit([image], accept_pending=Channel.NEWSLETTER not in channels)
    if not described and not image.is_described:
        yield Blocker(
            f"The image “{image}” has no alt text. Describe the image or mark it as decorative.",
            at_field(image, "alt_text"),
            "Add alt text",
        )
    if outside := _outside_licence(image, moment):
        when, field = outside
        yield Blocker(
            f"The licence of the image “{image}” {when}. Extend it in the library or remove the "
            "image.",
            at_field(image, field),
            "View licence",
        )
    for channel in channels:
        if not image.is_licensed_for(channel):
            yield Blocker(
                f"The image “{image}” is not licensed for {CHANNEL_NAMES[channel]}. Change the "
                "licence in the library or remove the image.",
                at_field(image, f"licensed_for_{channel.value}"),
                "View licence",
            )


def lock(numbers: Collection[int]) -> None:
    """Locks these images against changes until the commit, before they are used.

    In the order of their ids, like `rights_changes.recording`: the deferred triggers would lock them
    in the order of use, which could deadlock.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM articles_image WHERE id = ANY(%s) ORDER BY id FOR SHARE",
            [list(numbers)],
        )


def usage_terms(image: Image) -> str:
    """The usage terms of the image and its agency."""
    agency = image.agency.usage_terms.strip() if image.agency else ""
    return "\n".join(filter(None, [image.usage_terms.strip(), agency]))


def at_field(image: Image, field: str) -> str:
    """The URL of one field of the image form."""
    name = f"{field}_0" if field in SPLIT_FIELDS else field
    return f"{image.get_absolute_url()}#id_{name}"


def _outside_licence(image: Image, moment: datetime) -> tuple[str, str] | None:
    """Why the licence does not cover that time, and the field to fix; None if it does."""
    begins, ends = image.licence_from, image.licence_until
    if ends is not None and ends <= moment:
        expires = "expired" if ends <= timezone.now() else "expires before publication,"
        return f"{expires} on {_format(ends)}", "licence_until"
    if begins is not None and begins > moment:
        return f"starts on {_format(begins)}", "licence_from"
    return None


def _format(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")


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


CONSTRAINT: Final = "article_pictures_credited"


def is_credit_error(error: IntegrityError) -> bool:
    """Whether the credit trigger refused the transaction."""
    diagnostics = getattr(error.__cause__, "diag", None)
    return getattr(diagnostics, "constraint_name", None) == CONSTRAINT


def retry_if_uncredited[R: HttpResponseBase](request: HttpRequest, view: Callable[[], R]) -> R:
    """The view's response; on a credit error it runs again, so that its form shows the reason."""
    queued: list[Any] = getattr(get_messages(request), "_queued_messages", [])
    before = len(queued)
    try:
        return view()
    except IntegrityError as error:
        if not is_credit_error(error):
            raise
        # Drop the messages of the first attempt.
        del queued[before:]
        return view()
