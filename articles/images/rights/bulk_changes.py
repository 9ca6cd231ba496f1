"""Changing whose pictures are and how long they may be shown: one or fifty thousand at once."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import datetime
from functools import partial
from typing import Any, Final

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from articles.images import signals
from articles.images.models import Image, ImageQuerySet, PictureEvent
from articles.images.rights.credit_line import TOLD, addresses, compose, forget_photographer
from articles.images.tasks import bring_all_up_to_date, bring_up_to_date

WHOSE: Final = (
    *("credit", "credit_url", "photographer", "agency", "byline", "source"),
    *("copyright_notice", "digital_source_type", "needs_no_credit", "no_credit_reason"),
)
ALLOWED: Final = (
    *("licence_from", "licence_until", "licence_url", "licensor", "usage_terms"),
    *("licensed_for_site", "licensed_for_newsletter", "licensed_for_archive"),
)
NAMED: Final = {"photographer": "photographer__name", "agency": "agency__name"}
"""Rows of others are remembered by name, which says something still when they are gone."""

A_FEW: Final = 20
"""Up to so many jobs are asked for at once; for more of them one job asks."""


@contextmanager
def recording(
    pictures: ImageQuerySet, *, by: User | None, reason: str = "", link_given: bool = False
) -> Iterator[ImageQuerySet]:
    """What is changed of these pictures' rights within it is kept whole, or not at all.

    The pictures are locked; afterwards their credit lines are composed anew, and lead no longer to
    whoever they came from before, unless that link is among what is given. What changed becomes
    rows with author and time. After the commit the worker brings the files, and
    `signals.rights_changed` is sent.
    """
    with transaction.atomic():
        # Locked by number, so that two who change the same pictures do not wait for each other.
        # Their keys stay, so whoever writes a row that names one of them need not wait.
        pictures = pictures.order_by("pk").select_for_update(of=("self",), no_key=True)
        numbers = list(pictures.values_list("pk", flat=True))
        chosen: ImageQuerySet = Image.objects.filter(pk__in=numbers)
        before, led = _known(chosen), addresses(chosen)
        yield chosen
        if not link_given:
            _part(chosen, led)
        compose(chosen)
        after = _known(chosen)
        events = (
            event for pk, now in after.items() for event in _events(pk, before[pk], now, by, reason)
        )
        PictureEvent.objects.bulk_create(events, batch_size=2000)
        changed = [pk for pk, now in after.items() if any(now[f] != before[pk][f] for f in TOLD)]
        if changed:
            transaction.on_commit(partial(_tell, changed))


def change(pictures: ImageQuerySet, values: Mapping[str, Any], *, by: User) -> int:
    """Gives all of them the same values, in one transaction; returns how many there were.

    A credit that is typed stands for itself, so it takes the place of photographer and agency, and
    leads where it is said to lead, or nowhere.
    """
    link_given = "credit_url" in values
    if values.get("credit"):
        values = {"credit_url": "", **values, "photographer": None, "agency": None}
    with recording(pictures, by=by, link_given=link_given) as chosen:
        forget_photographer(chosen, values)
        return chosen.update(**values, changed_at=timezone.now())


def _part(pictures: ImageQuerySet, led: Mapping[int, str]) -> None:
    """Takes the link away that led to whoever a picture does not come from any more."""
    lead = addresses(pictures)
    parted: dict[str, list[int]] = defaultdict(list)
    for pk, address in led.items():
        if lead.get(pk) != address:
            parted[address].append(pk)
    for address, numbers in parted.items():
        pictures.filter(pk__in=numbers, credit_url=address).update(credit_url="")


def _known(pictures: ImageQuerySet) -> dict[int, dict[str, Any]]:
    """Number → field → value."""
    fields = [*WHOSE, *ALLOWED]
    rows = pictures.values_list("pk", *(NAMED.get(field, field) for field in fields))
    return {pk: dict(zip(fields, said, strict=True)) for pk, *said in rows.iterator()}


def _events(
    pk: int, before: dict[str, Any], after: dict[str, Any], by: User | None, reason: str
) -> Iterator[PictureEvent]:
    for what, fields in (
        (PictureEvent.What.CREDITED, WHOSE),
        (PictureEvent.What.LICENSED, ALLOWED),
    ):
        changed = [field for field in fields if before[field] != after[field]]
        if changed:
            yield PictureEvent(
                image_id=pk,
                what=what,
                before=_lines(before, changed),
                after=_lines(after, changed),
                reason=reason,
                by=by,
            )


def _lines(said: dict[str, Any], fields: list[str]) -> str:
    """A line for each field, under the name it has in the library."""
    labels = ((Image._meta.get_field(field), said[field]) for field in fields)
    return "\n".join(f"{field.verbose_name}: {_spoken(value)}" for field, value in labels)  # type: ignore[union-attr]


def _spoken(value: Any) -> str:
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value or "–")


def _tell(image_ids: list[int]) -> None:
    if len(image_ids) <= A_FEW:
        for number in image_ids:
            bring_up_to_date(number)
    else:
        bring_all_up_to_date.defer(image_ids=image_ids)
    signals.rights_changed.send(sender=Image, image_ids=image_ids)
