"""Several files sent at once, with a word about each."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

from django.core.files import File

from accounts.models import User
from articles.images.library import duplicates, ingest
from articles.images.library.metadata_mapping import is_shortened
from articles.images.models import Image

MOST_AT_ONCE: Final = 50
MOST_LIKE: Final = 3

_NAMES: Final = {
    "caption": "caption",
    "credit": "credit",
    "alt_text": "alternative text",
    "copyright_notice": "copyright",
}


@dataclass(frozen=True, slots=True)
class Received:
    """What became of one file: a row of the library, a sentence, or both."""

    name: str
    image: Image | None
    sentence: str
    is_new: bool
    like: tuple[Image, ...] = ()
    """Pictures of the library that look like it."""


def receive(files: "Iterable[File[Any]]", *, by: User) -> list[Received]:
    """Takes in what can be taken in; one bad file does not keep the others out."""
    sent = list(files)
    too_many = f"not taken in: at most {MOST_AT_ONCE} files at once; send it again."
    return [_receive_one(file, by) for file in sent[:MOST_AT_ONCE]] + [
        Received(str(file.name), None, too_many, is_new=False) for file in sent[MOST_AT_ONCE:]
    ]


def _receive_one(file: "File[Any]", by: User) -> Received:
    name = str(file.name or "the file")
    try:
        image = ingest.ingest(file, by=by, if_known="refuse")
    except ingest.AlreadyThere as known:
        return Received(name, known.image, str(known), is_new=False)
    except ingest.Refused as refused:
        return Received(name, None, str(refused), is_new=False)
    like = tuple(duplicates.similar_images(image)[:MOST_LIKE])
    return Received(name, image, what_was_read(image), is_new=True, like=like)


def what_was_read(image: Image) -> str:
    """Which fields the file itself filled, and that a person should look at them."""
    read = [words for field, words in _NAMES.items() if getattr(image, field)]
    if not read:
        return "The file says nothing about itself; write its credit, caption and alternative text."
    listed = read[0] if len(read) == 1 else f"{', '.join(read[:-1])} and {read[-1]}"
    verb, them = ("was", "it") if len(read) == 1 else ("were", "them")
    found = f"{listed.capitalize()} {verb} read from the file; check {them}."
    for field, words in _NAMES.items():
        if is_shortened(field, getattr(image, field)):
            found += (
                f" The {words} is longer there than we keep, and ends with …; shorten it yourself."
            )
    return found
