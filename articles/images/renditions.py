"""The sizes and formats in which a picture is served: made once, by the worker."""

import contextlib
import secrets
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.files import File
from django.db import transaction
from django.db.models.fields.files import FieldFile

from articles.images import decoding
from articles.images.models import Image, Rendition


def make(image: Image) -> list[Rendition]:
    """Makes every rendition that is missing; doing it twice changes nothing.

    Raises:
        decoding.Undecodable: when the original cannot be opened any more.
    """
    have = image.renditions.values_list("shape", "format", "width", "moving")
    with decoding.scratch_folder() as folder, _local(image.original, folder) as path:
        made = decoding.renditions(path, folder, have)
        return keep(image, made, folder)


def keep(image: Image, made: list[dict[str, Any]], folder: Path) -> list[Rendition]:
    """Files the decoder wrote, as rows. Who comes second throws its own file away."""
    kept = []
    for size in made:
        path = folder / size["file"]
        rendition = Rendition(
            image=image,
            format=size["format"],
            width=size["width"],
            height=size["height"],
            shape=size["shape"],
            moving=size["moving"],
            name=f"{secrets.token_urlsafe(15)}.{size['format']}",
            bytes=path.stat().st_size,
        )
        try:
            with path.open("rb") as file:
                rendition.file.save(rendition.name, File(file), save=False)
            kept += _insert(rendition)
        except BaseException:
            discard(rendition.file)
            raise
    return kept


def _insert(rendition: Rendition) -> list[Rendition]:
    """The row, unless there is one of this size already. No error, so no savepoint is needed."""
    with transaction.atomic():
        Rendition.objects.bulk_create([rendition], ignore_conflicts=True)
        row = Rendition.objects.filter(name=rendition.name).first()
    if row is None:
        discard(rendition.file)
        return []
    return [row]


def discard(file: FieldFile) -> None:
    """Removes a file that no row names."""
    if file.name:
        with contextlib.suppress(OSError):
            file.storage.delete(file.name)


@contextlib.contextmanager
def _local(file: FieldFile, folder: Path) -> Iterator[Path]:
    """The file as a path on this machine; a copy where the storage is elsewhere."""
    try:
        yield Path(file.path)
    except NotImplementedError:
        copy = folder / "original"
        with file.open("rb") as original, copy.open("wb") as target:
            for chunk in original.chunks():
                target.write(chunk)
        yield copy
