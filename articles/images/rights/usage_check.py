"""The one check whether images may be published or sent.

Publishing by hand, on a schedule, by a command or an import, and the start of a mailing all call
`blockers`. PostgreSQL also ensures that every image of a published article has a credit
(`migrations/sql/picture_credits.sql`). Whether a licence covers the current time is checked here
and, for published images, by `RightsMixin.may_be_shown`.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Final

from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format

from articles.images.models import Image
from articles.images.models.rights import Channel
from iria.core.blockers import Blocker

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

    In the order of their ids, like `bulk_changes.recording`: the deferred triggers would lock them
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
