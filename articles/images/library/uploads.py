"""Several files uploaded at once, with a result for each, and a new file for an image."""

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from django.core.files import File
from django.db import transaction

from accounts.models import User
from articles.images.library import ingest
from articles.images.library.editing import similar_images
from articles.images.library.ingest import is_shortened
from articles.images.models import Image, ImageEvent
from articles.images.renditions import all_or_none, discard, retire, save_renditions
from articles.images.tasks import enqueue_renditions

NO_METADATA: Final = "No metadata found. Enter credit, caption and alt text."
MAX_FILES: Final = 50
MAX_DUPLICATES: Final = 3

_NAMES: Final = {
    "caption": "caption",
    "credit": "credit",
    "alt_text": "alt text",
    "copyright_notice": "copyright",
}


@dataclass(frozen=True, slots=True)
class Received:
    """The result for one file: an image of the library, a message, or both."""

    name: str
    image: Image | None
    message: str
    is_new: bool
    duplicates: tuple[Image, ...] = ()
    """Similar images of the library."""

    @property
    def row(self) -> Image | None:
        return self.image


def receive(files: "Iterable[File[Any]]", *, by: User) -> list[Received]:
    """Adds the files to the library; a bad file does not affect the others."""
    sent = list(files)
    too_many = f"not uploaded: at most {MAX_FILES} files at a time. Upload it again."
    return [_receive_one(file, by) for file in sent[:MAX_FILES]] + [
        Received(str(file.name), None, too_many, is_new=False) for file in sent[MAX_FILES:]
    ]


def _receive_one(file: "File[Any]", by: User) -> Received:
    name = str(file.name or "the file")
    try:
        image = ingest.ingest(file, by=by, if_known="refuse", name=_headline(name))
    except ingest.AlreadyThere as known:
        return Received(name, known.image, str(known), is_new=False)
    except ingest.UploadRejected as rejection:
        return Received(name, None, str(rejection), is_new=False)
    similar = tuple(similar_images(image)[:MAX_DUPLICATES])
    return Received(name, image, metadata_message(image), is_new=True, duplicates=similar)


def _headline(file_name: str) -> str:
    """From the name of the file; programs name what is pasted, which says nothing."""
    stem = Path(file_name).stem.replace("_", " ").strip()
    return "" if stem.lower() in {"image", "pasted-image", "pasted image", "the file"} else stem


def metadata_message(image: Image) -> str:
    """Which fields were filled from the file's metadata and should be checked."""
    read = [name for field, name in _NAMES.items() if getattr(image, field)]
    if not read:
        return NO_METADATA
    listed = read[0] if len(read) == 1 else f"{', '.join(read[:-1])} and {read[-1]}"
    message = f"Read from the file: {listed}. Check {'it' if len(read) == 1 else 'them'}."
    for field, name in _NAMES.items():
        if is_shortened(field, getattr(image, field)):
            message += f" The {name} was too long and ends with “…”. Shorten it."
    return message


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
        Image.DoesNotExist: it was deleted meanwhile.
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
        transaction.on_commit(lambda: enqueue_renditions(number))
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
