"""A new file for a picture that stays where it stands."""

from pathlib import Path
from typing import Any, Final

from django.core.files import File
from django.db import transaction

from accounts.models import User
from articles.images.library import ingest
from articles.images.models import Image, PictureEvent
from articles.images.renditions.rendition_files import all_or_none, discard, keep, retire
from articles.images.tasks import make_renditions, soon

SAME_SHAPE: Final = 0.02
"""By what part width to height may differ for the eye to rest at the same place still."""


class ReplacedMeanwhile(ingest.Refused):
    """Somebody else has given the picture another file since this person looked at it."""


def replace(image: Image, upload: "File[Any]", *, by: User | None, seen: str) -> Image:
    """The picture with another file: its words, rights and uses stay, its old addresses lead on.

    The worker makes the other sizes after the commit, as for a new picture.

    Args:
        seen: the checksum of the file that is to be replaced, as the person saw it.

    Raises:
        ReplacedMeanwhile: it has another file by now.
        ingest.Refused: the new file cannot be taken in; everything stays as it was.
    """
    with ingest.workplace() as folder:
        received = ingest.received(upload, folder / "upload")
        found = ingest.opened(received, folder)
        return _exchange(image.pk, received, found, folder, by, seen)


def _exchange(
    number: int,
    received: ingest.Upload,
    found: dict[str, Any],
    folder: Path,
    by: User | None,
    seen: str,
) -> Image:
    with transaction.atomic():
        ingest.wait_for(received.checksum)
        image = Image.objects.select_for_update(of=("self",)).get(pk=number)
        if image.checksum != seen:
            raise ReplacedMeanwhile(_who_was_first(image))
        if known := Image.objects.filter(checksum=received.checksum).first():
            raise ingest.AlreadyThere(known)
        old, before = image.original, _in_words(image)
        facts = _describe(image, received, found)
        retire(image)
        image.original = None
        with all_or_none() as files:
            files.append(ingest.keep_original(image, received, found))
            # Nothing of its rights is written, so that nobody asks for a credit it never had.
            image.save(update_fields=[*facts, "original", "focus_x", "focus_y", "changed_at"])
            files.extend(each.file for each in keep(image, found["made"], folder))
            PictureEvent.objects.create(
                image=image,
                what=PictureEvent.What.REPLACED,
                before=before,
                after=_in_words(image),
                by=by,
            )
        transaction.on_commit(lambda: discard(old))
        transaction.on_commit(lambda: soon(make_renditions, number))
    return image


def _describe(image: Image, received: ingest.Upload, found: dict[str, Any]) -> list[str]:
    """What follows from the file, and which fields that are. What people wrote stays as it is."""
    old, new = image.width / image.height, found["width"] / found["height"]
    if abs(old - new) / old > SAME_SHAPE:
        image.focus_x = image.focus_y = 0.5
    facts = ingest.facts_of(received, found)
    for field, value in facts.items():
        setattr(image, field, value)
    return list(facts)


def _in_words(image: Image) -> str:
    kind = image.media_type.removeprefix("image/").upper()
    return f"{kind}, {image.width} × {image.height} pixels, {image.checksum[:12]}"


def _who_was_first(image: Image) -> str:
    event = image.events.filter(what=PictureEvent.What.REPLACED).select_related("by").first()
    who = str(event.by) if event and event.by else "Somebody else"
    return (
        f"{who} has replaced the file of this picture since you opened it. Look at the new one "
        "above; to replace that too, choose your file again and send it."
    )
