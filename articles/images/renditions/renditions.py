"""The sizes, shapes and formats in which a picture is served: made once, by the worker.

Logos and icons, drawn by the same decoder that opens the pictures of the library.
"""

import errno
from collections.abc import Iterable
from pathlib import Path

from django.db.models.fields.files import FieldFile

from articles.images.library import decoder_client
from articles.images.metadata import writing
from articles.images.models import Image, Rendition
from articles.images.processing.file_types import HEAD_LENGTH, NO_ROOM, kind_of, refusal_of
from articles.images.processing.rendition_sizes import SHAPES, Key
from articles.images.renditions import rendition_files
from articles.images.renditions.rendition_files import all_or_none
from articles.images.rights.credit_line import rights_of
from iria.core.hooks import InvalidLogo, RenderedLogo


def make(image: Image) -> list[Rendition]:
    """Makes every rendition that is missing, or cut around another focus than today's.

    Doing it twice changes nothing. Afterwards every file tells the rights of today, those that
    changed while this was at work included.

    Raises:
        decoding.Undecodable: when the original cannot be opened any more.
    """
    have = [each.key for each in image.renditions.all() if each.is_cut_as(image)]
    made = _decode(image, have)
    tell(image)
    return made


def tell(image: Image) -> None:
    """Writes the picture's rights of today into every file that tells others.

    No pixel is decoded for it; the files get new names, and the old ones lead there. A file that
    cannot be changed is made anew from the original.

    Raises:
        decoding.Undecodable: when one has to be made anew and the original cannot be opened.
    """
    lost: list[Key] = []
    while (now := Image.objects.filter(pk=image.pk).first()) is not None:
        behind = now.renditions.exclude(rights_version=now.rights_version)
        stale = [each for each in behind if each.key not in lost]
        if not stale:
            break
        lost += _write_anew(now, stale)
    if lost and now is not None:
        _decode(now, (each.key for each in now.renditions.all() if each.key not in lost))


def _write_anew(image: Image, stale: Iterable[Rendition]) -> list[Key]:
    """All files or none; back come those that cannot be read or changed."""
    rights = rights_of(image)
    lost: list[Key] = []
    fresh: list[Rendition] = []
    with all_or_none() as files:
        for each in stale:
            try:
                with each.file.open("rb") as file:
                    content = writing.embedded(file.read(), rights)
            except (writing.CannotEmbed, OSError):
                lost.append(each.key)
            else:
                fresh.append(rendition_files.stored(each, image, content))
                files.append(fresh[-1].file)
        rendition_files.put(image, fresh)
    return lost


def _decode(image: Image, have: Iterable[Key]) -> list[Rendition]:
    shapes = dict.fromkeys(SHAPES, (image.focus_x, image.focus_y))
    with decoder_client.scratch_folder() as folder:
        path = _local(image.original, folder)
        found = decoder_client.renditions_and_looks(path, folder, have, shapes)
        if image.looks is None and found["looks"] is not None:
            # It came before pictures were compared by their looks.
            same = Image.objects.filter(pk=image.pk, checksum=image.checksum, looks=None)
            same.update(looks=found["looks"])
        return rendition_files.keep(image, found["made"], folder)


def _local(file: FieldFile, folder: Path) -> Path:
    """The file as a path on this machine; a copy where the storage is elsewhere."""
    try:
        path = Path(file.path)
    except NotImplementedError:
        path = folder / "original"
        with file.open("rb") as original, path.open("wb") as target:
            for chunk in original.chunks():
                target.write(chunk)
    return path


def draw(file: bytes, boxes: list[tuple[int, int]]) -> list[RenderedLogo]:
    """The picture made anew as PNG, fitted into each box and never made larger.

    Raises:
        Undrawable: it is no picture we open, or broken, or the disk is full.
    """
    if kind_of(file[:HEAD_LENGTH]) is None:
        raise InvalidLogo(refusal_of(file[:HEAD_LENGTH]))
    try:
        return _drawn(file, boxes)
    except OSError as mistake:
        if mistake.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise InvalidLogo(NO_ROOM) from mistake
        raise


def _drawn(file: bytes, boxes: list[tuple[int, int]]) -> list[RenderedLogo]:
    with decoder_client.scratch_folder() as folder:
        path = folder / "upload"
        path.write_bytes(file)
        try:
            made = decoder_client.emblems(path, folder, boxes)
        except decoder_client.Undecodable as mistake:
            raise InvalidLogo(str(mistake)) from mistake
        return [
            RenderedLogo((folder / each["file"]).read_bytes(), each["width"], each["height"])
            for each in made
        ]
