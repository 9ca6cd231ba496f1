"""The pictures are drawn, labelled and taken into the library like anybody's."""

from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor
from contextlib import contextmanager
from datetime import date
from functools import partial
from multiprocessing import get_context
from typing import Any

from django.core.files.base import ContentFile

from accounts.models import User
from articles.images.library import ingest
from articles.images.models import Image
from iria.core.db.row_origins import Marks
from iria.demo import content
from iria.demo.drawing.gallery import drawn
from iria.demo.drawing.labelling import Label


def load(marks: Marks, *, by: User) -> int:
    """Draws and takes in what is not in the library yet; returns how many.

    The drawing runs ahead in a process of its own, while this one takes in what is finished.
    """
    made = 0
    with _drawn_ahead(missing(marks)) as pictures:
        for key, jpeg in pictures:
            made += marks.once(_mark(key), partial(_take_in, key, jpeg, by))
    return made


def missing(marks: Marks) -> list[str]:
    """The keys of the pictures that were not taken in yet."""
    return [key for key in content.table("pictures")["picture"] if _mark(key) not in marks]


def ids(marks: Marks) -> dict[str, int]:
    """The picture behind each key that is still in the library."""
    here = set(Image.objects.values_list("pk", flat=True))
    found = {}
    for key in content.table("pictures")["picture"]:
        number = marks.number(_mark(key))
        if number in here:
            found[key] = number
    return found


def label_of(key: str) -> Label:
    """What a picture says about itself."""
    words = dict(content.table("pictures")["picture"][key])
    group = content.table("pictures").get(words.pop("group", ""), {})
    said: dict[str, Any] = {**content.table("pictures")["defaults"], **group, **words}
    made_on: date = said.pop("made_on")
    return Label(**{**said, "keywords": tuple(said["keywords"])}, made_on=made_on)


def _mark(key: str) -> str:
    return f"picture:{key}"


def _take_in(key: str, jpeg: bytes, by: User) -> Image | None:
    before = set(Image.objects.values_list("pk", flat=True))
    image = ingest.ingest(ContentFile(jpeg, name=f"{key}.jpg"), by=by)
    return None if image.pk in before else image


@contextmanager
def _drawn_ahead(keys: list[str]) -> Iterator[Iterator[tuple[str, bytes]]]:
    labels = [label_of(key) for key in keys]
    # A fresh process: this one has threads and connections that a fork would only half copy.
    with ProcessPoolExecutor(max_workers=1, mp_context=get_context("spawn")) as artist:
        yield zip(keys, artist.map(drawn, keys, labels), strict=True)
