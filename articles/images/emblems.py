"""Logos and icons, drawn by the same decoder that opens the pictures of the library."""

import errno

from articles.images import decoding
from articles.images.kinds import HEAD_LENGTH, kind_of, refusal_of
from articles.images.refusals import NO_ROOM
from iria.kit.registry import Drawn, Undrawable


def draw(file: bytes, boxes: list[tuple[int, int]]) -> list[Drawn]:
    """The picture made anew as PNG, fitted into each box and never made larger.

    Raises:
        Undrawable: it is no picture we open, or broken, or the disk is full.
    """
    if kind_of(file[:HEAD_LENGTH]) is None:
        raise Undrawable(refusal_of(file[:HEAD_LENGTH]))
    try:
        return _drawn(file, boxes)
    except OSError as mistake:
        if mistake.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise Undrawable(NO_ROOM) from mistake
        raise


def _drawn(file: bytes, boxes: list[tuple[int, int]]) -> list[Drawn]:
    with decoding.scratch_folder() as folder:
        path = folder / "upload"
        path.write_bytes(file)
        try:
            made = decoding.emblems(path, folder, boxes)
        except decoding.Undecodable as mistake:
            raise Undrawable(str(mistake)) from mistake
        return [
            Drawn((folder / each["file"]).read_bytes(), each["width"], each["height"])
            for each in made
        ]
