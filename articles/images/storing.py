"""Files are written whole or not at all: what fails midway leaves nothing behind.

A full disk is when this matters. A piece of a file, left there with each attempt, would keep it full.
"""

import contextlib
from collections.abc import Iterator
from typing import Any

from django.core.files.base import File
from django.db.models.fields.files import FieldFile


def store(file: FieldFile, name: str, content: "File[Any]") -> None:
    """Writes the content and has the field of the row name it; the row is not saved.

    The name has to be one that no other file has: what lies under it goes when writing fails.
    Django's own `file.save` chooses the name itself and keeps it to itself when that happens.
    """
    chosen = file.field.generate_filename(file.instance, name)
    try:
        kept = file.storage.save(chosen, content, max_length=file.field.max_length)
    except BaseException:
        with contextlib.suppress(OSError):
            file.storage.delete(chosen)
        raise
    setattr(file.instance, file.field.attname, kept)


@contextlib.contextmanager
def all_or_none() -> Iterator[list[FieldFile]]:
    """Files that belong together: who stores one adds it to the list; all go when anything fails."""
    files: list[FieldFile] = []
    try:
        yield files
    except BaseException:
        for each in files:
            discard(each)
        raise


def discard(file: FieldFile) -> None:
    """Removes a file that no row names."""
    if file.name:
        with contextlib.suppress(OSError):
            file.storage.delete(file.name)
