"""Several files uploaded at once, with a result for each."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.core.files import File

from accounts.models import User
from articles.images.library import ingest
from articles.images.library.duplicates import similar_images
from articles.images.library.metadata_mapping import is_shortened
from articles.images.models import Image

NO_METADATA: Final = "No metadata found. Enter credit, caption and alt text."
MOST_AT_ONCE: Final = 50
MOST_DUPLICATES: Final = 3

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
    too_many = f"not uploaded: at most {MOST_AT_ONCE} files at a time. Upload it again."
    return [_receive_one(file, by) for file in sent[:MOST_AT_ONCE]] + [
        Received(str(file.name), None, too_many, is_new=False) for file in sent[MOST_AT_ONCE:]
    ]


def _receive_one(file: "File[Any]", by: User) -> Received:
    name = str(file.name or "the file")
    try:
        image = ingest.ingest(file, by=by, if_known="refuse")
    except ingest.AlreadyThere as known:
        return Received(name, known.image, str(known), is_new=False)
    except ingest.UploadRejected as rejection:
        return Received(name, None, str(rejection), is_new=False)
    similar = tuple(similar_images(image)[:MOST_DUPLICATES])
    return Received(name, image, metadata_message(image), is_new=True, duplicates=similar)


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
