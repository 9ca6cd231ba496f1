"""Changing credit and licence of one image or fifty thousand at once; saving agencies and photographers.

Digital source types are those of the IPTC vocabulary at cv.iptc.org/newscodes/digitalsourcetype; an
image has the last part of a URL there.
"""

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
from articles.images.credit_line import EMBEDDED_FIELDS, clear_photographer, compose, source_urls
from articles.images.models import Agency, Image, ImageEvent, ImageQuerySet, Photographer
from articles.images.signals import rights_changed
from articles.images.tasks import enqueue_updates
from iria.core.jobs import enqueue

CREDIT_FIELDS: Final = (
    *("credit", "credit_url", "photographer", "agency", "byline", "source"),
    *("copyright_notice", "digital_source_type", "credit_exempt", "no_credit_reason"),
)
LICENCE_FIELDS: Final = (
    *("licence_from", "licence_until", "licence_url", "licensor", "usage_terms"),
    *("licensed_for_site", "licensed_for_newsletter", "licensed_for_archive"),
)
BY_NAME: Final = {"photographer": "photographer__name", "agency": "agency__name"}
"""Recorded by name, which stays meaningful after the row is deleted."""

MAX_DIRECT_JOBS: Final = 20
"""Up to this number, jobs are enqueued directly; otherwise one job enqueues them."""


@contextmanager
def recording(
    images: ImageQuerySet, *, by: User | None, reason: str = "", link_given: bool = False
) -> Iterator[ImageQuerySet]:
    """Changes of these images' rights within this context are saved completely or not at all.

    The images are locked. Afterwards their credits are composed again, without the link of a
    previous agency or photographer unless a link is given, and changes are recorded as events with
    user and time. After the commit the worker updates the files, and `signals.rights_changed` is
    sent.
    """
    with transaction.atomic():
        # Locked in the order of their ids, so that two transactions cannot deadlock. Keys are not
        # locked, so rows that refer to the images can still be written.
        images = images.order_by("pk").select_for_update(of=("self",), no_key=True)
        numbers = list(images.values_list("pk", flat=True))
        chosen: ImageQuerySet = Image.objects.filter(pk__in=numbers)
        before, links = _values(chosen), source_urls(chosen)
        yield chosen
        if not link_given:
            _clear_old_links(chosen, links)
        compose(chosen)
        after = _values(chosen)
        events = (
            event for pk, now in after.items() for event in _events(pk, before[pk], now, by, reason)
        )
        ImageEvent.objects.bulk_create(events, batch_size=2000)
        changed = [
            pk for pk, now in after.items() if any(now[f] != before[pk][f] for f in EMBEDDED_FIELDS)
        ]
        if changed:
            transaction.on_commit(partial(_notify, changed))


def change(images: ImageQuerySet, values: Mapping[str, Any], *, by: User) -> int:
    """Sets the same values for all images in one transaction; returns how many there were.

    A credit given as text replaces photographer and agency, and its link is the given one or none.
    """
    link_given = "credit_url" in values
    if values.get("credit"):
        values = {"credit_url": "", **values, "photographer": None, "agency": None}
    with recording(images, by=by, link_given=link_given) as chosen:
        clear_photographer(chosen, values)
        return chosen.update(**values, modified_at=timezone.now())


def _clear_old_links(images: ImageQuerySet, links: Mapping[int, str]) -> None:
    """Clears the credit link of images that no longer come from that agency or photographer."""
    current = source_urls(images)
    outdated: dict[str, list[int]] = defaultdict(list)
    for pk, url in links.items():
        if current.get(pk) != url:
            outdated[url].append(pk)
    for url, numbers in outdated.items():
        images.filter(pk__in=numbers, credit_url=url).update(credit_url="")


def _values(images: ImageQuerySet) -> dict[int, dict[str, Any]]:
    """Id → field → value."""
    fields = [*CREDIT_FIELDS, *LICENCE_FIELDS]
    rows = images.values_list("pk", *(BY_NAME.get(field, field) for field in fields))
    return {pk: dict(zip(fields, values, strict=True)) for pk, *values in rows.iterator()}


def _events(
    pk: int, before: dict[str, Any], after: dict[str, Any], by: User | None, reason: str
) -> Iterator[ImageEvent]:
    for action, fields in (
        (ImageEvent.Action.CREDITED, CREDIT_FIELDS),
        (ImageEvent.Action.LICENSED, LICENCE_FIELDS),
    ):
        changed = [field for field in fields if before[field] != after[field]]
        if changed:
            yield ImageEvent(
                image_id=pk,
                action=action,
                before=_lines(before, changed),
                after=_lines(after, changed),
                reason=reason,
                created_by=by,
            )


def _lines(values: dict[str, Any], fields: list[str]) -> str:
    """A line for each field, with its label."""
    labels = ((Image._meta.get_field(field), values[field]) for field in fields)
    return "\n".join(f"{field.verbose_name}: {_as_text(value)}" for field, value in labels)  # type: ignore[union-attr]


def _as_text(value: Any) -> str:
    if isinstance(value, datetime):
        return date_format(timezone.localtime(value), "DATETIME_FORMAT")
    if isinstance(value, bool):
        return "yes" if value else "no"
    return str(value or "–")


def _notify(image_ids: list[int]) -> None:
    if len(image_ids) <= MAX_DIRECT_JOBS:
        for number in image_ids:
            enqueue_updates(number)
    else:
        enqueue("articles.images.tasks.update_all_renditions", image_ids=image_ids)
    rights_changed.send(sender=Image, image_ids=image_ids)


def save(source: Agency | Photographer, *, by: User | None) -> int:
    """Saves the row and updates the credit of all its images; returns how many there are."""
    field = "agency" if isinstance(source, Agency) else "photographer"
    with recording(Image.objects.filter(**{f"{field}_id": source.pk}), by=by) as images:
        source.save()
        return images.count()


SOURCE_TYPES: Final = {
    "digitalCapture": "Photographed with a camera",
    "computationalCapture": "Computed from several shots",
    "negativeFilm": "Scanned from a negative",
    "positiveFilm": "Scanned from a slide",
    "print": "Scanned from a print",
    "humanEdits": "Edited by a person",
    "minorHumanEdits": "Minor retouching",
    "compositeCapture": "Composite of photographs",
    "algorithmicallyEnhanced": "Enhanced by software",
    "dataDrivenMedia": "Data visualisation",
    "digitalArt": "Digital art",
    "digitalCreation": "Created on a computer",
    "virtualRecording": "Recorded in a virtual world",
    "screenCapture": "Screenshot",
    "compositeSynthetic": "Composite with AI-generated parts",
    "compositeWithTrainedAlgorithmicMedia": "Edited with AI",
    "trainedAlgorithmicMedia": "Generated by AI",
    "algorithmicMedia": "Generated by an algorithm without AI",
}


def last_part(value: str) -> str:
    """The term of the vocabulary, from a full URL or the term itself."""
    return value.strip().rstrip("/").rsplit("/", 1)[-1]
