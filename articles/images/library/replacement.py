"""Replacing the file of an image."""

from pathlib import Path
from typing import Any, Final

from django.core.files import File
from django.db import transaction

from accounts.models import User
from articles.images.library import ingest
from articles.images.models import Image, ImageEvent
from articles.images.renditions.rendition_files import all_or_none, discard, retire, save_renditions
from articles.images.tasks import enqueue, make_renditions

SAME_SHAPE: Final = 0.02
"""How much the aspect ratio may differ for the focal point to be kept."""


class ReplacedMeanwhile(ingest.UploadRejected):
    """Someone else replaced the file since this user opened the page."""


def replace(image: Image, upload: "File[Any]", *, by: User | None, seen: str) -> Image:
    """Replaces the file; texts, rights and uses stay, and old rendition URLs redirect.

    The worker creates the other sizes after the commit, as for a new image.

    Args:
        seen: the checksum of the file that the user saw.

    Raises:
        ReplacedMeanwhile: it has another file by now.
        ingest.UploadRejected: the new file cannot be used; nothing is changed.
    """
    with ingest.upload_folder() as folder:
        copy = ingest.copy_upload(upload, folder / "upload")
        found = ingest.decode(copy, folder)
        return _exchange(image.pk, copy, found, folder, by, seen)


def _exchange(
    number: int,
    copy: ingest.Upload,
    found: dict[str, Any],
    folder: Path,
    by: User | None,
    seen: str,
) -> Image:
    with transaction.atomic():
        ingest.lock_checksum(copy.checksum)
        image = Image.objects.select_for_update(of=("self",)).get(pk=number)
        if image.checksum != seen:
            raise ReplacedMeanwhile(_replaced_message(image))
        if known := Image.objects.filter(checksum=copy.checksum).first():
            raise ingest.AlreadyThere(known)
        old, before = image.original, _description(image)
        fields = _set_file_fields(image, copy, found)
        retire(image)
        image.original = None
        with all_or_none() as files:
            files.append(ingest.store_original(image, copy, found))
            # No rights are written, so that the credit of old images is not checked.
            image.save(update_fields=[*fields, "original", "focus_x", "focus_y", "modified_at"])
            files.extend(each.file for each in save_renditions(image, found["made"], folder))
            ImageEvent.objects.create(
                image=image,
                action=ImageEvent.Action.REPLACED,
                before=before,
                after=_description(image),
                created_by=by,
            )
        transaction.on_commit(lambda: discard(old))
        transaction.on_commit(lambda: enqueue(make_renditions, number))
    return image


def _set_file_fields(image: Image, copy: ingest.Upload, found: dict[str, Any]) -> list[str]:
    """Sets the fields that depend on the file and returns their names."""
    old, new = image.width / image.height, found["width"] / found["height"]
    if abs(old - new) / old > SAME_SHAPE:
        image.focus_x = image.focus_y = 0.5
    values = ingest.file_fields(copy, found)
    for field, value in values.items():
        setattr(image, field, value)
    return list(values)


def _description(image: Image) -> str:
    kind = image.media_type.removeprefix("image/").upper()
    return f"{kind}, {image.width} × {image.height} pixels, {image.checksum[:12]}"


def _replaced_message(image: Image) -> str:
    event = (
        image.events.filter(action=ImageEvent.Action.REPLACED).select_related("created_by").first()
    )
    who = str(event.created_by) if event and event.created_by else "Someone else"
    return (
        f"{who} replaced the file of this image after you opened the page. Check the new file "
        "above. To replace it too, choose your file again."
    )
