"""The gate: the one decision whether pictures may go out, for every road by which they do.

Publishing by hand, on a schedule, by a command, an import or the API, and the start of a mailing
all ask `obstacles`. That no published article is left with a picture that has no credit PostgreSQL
sees to as well (`migrations/sql/picture_credits.sql`); whether a licence covers today is decided here and, for what is out
already, by `Licensed.may_be_shown`.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime
from typing import Final

from django.db import connection
from django.utils import timezone
from django.utils.formats import date_format

from articles.images.models import Image
from articles.images.models.rights import Place
from iria.core.blockers import Blocker

REFUSALS: Final = {
    Place.SITE: "is not licensed for the site",
    Place.NEWSLETTER: "is not licensed for the newsletter",
    Place.ARCHIVE: "is not licensed for articles older than thirty days",
}

MOMENTS: Final = frozenset({"licence_from", "licence_until"})
"""Fields that the form asks for as a day and a time, of which the day is the first."""


def obstacles(
    pictures: Iterable[Image], *, places: Iterable[Place], at: datetime | None = None
) -> list[Blocker]:
    """What must be mended before these pictures go out at these places; none, if they may.

    Args:
        at: when they would go out, for what is scheduled; now, where it is not given.
    """
    moment, wanted = at or timezone.now(), tuple(places)
    return [each for image in pictures for each in _obstacles_of(image, wanted, moment)]


def without_credit(pictures: Iterable[Image]) -> Iterator[Blocker]:
    """Those of them that have neither a credit nor an exemption."""
    for image in pictures:
        if not image.is_credited and not image.needs_no_credit:
            yield Blocker(
                f"The picture “{image}” has no credit; give it one in the library, "
                "or tick “needs no credit” there and say why.",
                at_field(image, "credit"),
                "Write its credit",
            )


def _obstacles_of(image: Image, places: tuple[Place, ...], moment: datetime) -> Iterator[Blocker]:
    if image.withdrawn_at is not None:
        why = f" ({image.withdrawn_reason.rstrip('.')})" if image.withdrawn_reason else ""
        yield Blocker(
            f"The picture “{image}” was withdrawn{why}; take it out or choose another.",
            image.get_absolute_url(),
            "See the picture",
        )
        return
    yield from without_credit([image])
    if not image.is_described:
        yield Blocker(
            f"The picture “{image}” has no alternative text; say in the library what it shows, "
            "or tick “decorative” there.",
            at_field(image, "alt_text"),
            "Describe it",
        )
    if outside := _outside_licence(image, moment):
        when, field = outside
        yield Blocker(
            f"The licence of the picture “{image}” {when}; extend it in the library, "
            "or take the picture out.",
            at_field(image, field),
            "See its licence",
        )
    for place in places:
        if not image.is_licensed_for(place):
            yield Blocker(
                f"The picture “{image}” {REFUSALS[place]}; have that mended in the library, "
                "or take the picture out.",
                at_field(image, f"licensed_for_{place.value}"),
                "See its licence",
            )


def hold(numbers: Collection[int]) -> None:
    """Holds these pictures as they are until the commit, for whoever is about to use them.

    In the order of their numbers, as `rights.recording` takes them: the deferred triggers would hold
    them in the order of the uses, and two could wait for each other.
    """
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT id FROM articles_image WHERE id = ANY(%s) ORDER BY id FOR SHARE",
            [list(numbers)],
        )


def usage_terms(image: Image) -> str:
    """What its licence allows, in its own words and its agency's; shown wherever it is decided on."""
    agency = image.agency.usage_terms.strip() if image.agency else ""
    return "\n".join(filter(None, [image.usage_terms.strip(), agency]))


def at_field(image: Image, field: str) -> str:
    """Where one thing about a picture is changed."""
    place = f"{field}_0" if field in MOMENTS else field
    return f"{image.get_absolute_url()}#id_{place}"


def _outside_licence(image: Image, moment: datetime) -> tuple[str, str] | None:
    """How the time of the licence misses that moment, and the field that says so; or nothing."""
    begins, ends = image.licence_from, image.licence_until
    if ends is not None and ends <= moment:
        tense = "ended" if ends <= timezone.now() else "ends before that time,"
        return f"{tense} on {_spoken(ends)}", "licence_until"
    if begins is not None and begins > moment:
        return f"begins only on {_spoken(begins)}", "licence_from"
    return None


def _spoken(moment: datetime) -> str:
    return date_format(timezone.localtime(moment), "DATETIME_FORMAT")
