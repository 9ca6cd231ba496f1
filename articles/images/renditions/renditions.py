"""Creating renditions of images, rewriting their rights, and rendering logos and icons."""

import errno
from collections.abc import Iterable
from pathlib import Path

from django.db.models.fields.files import FieldFile

from articles.images.library import decoder_client
from articles.images.metadata import writing
from articles.images.models import Image, Rendition
from articles.images.processing.file_types import HEAD_LENGTH, NO_ROOM, kind_of, rejection_of
from articles.images.processing.rendition_sizes import SHAPES, Key
from articles.images.renditions import rendition_files
from articles.images.renditions.rendition_files import all_or_none
from articles.images.rights.credit_line import rights_of
from iria.core.hooks import InvalidLogo, RenderedLogo


def make(image: Image) -> list[Rendition]:
    """Creates renditions that are missing or cropped around an old focal point.

    Repeating it changes nothing. Afterwards every file has the current rights, including those
    that changed in the meantime.

    Raises:
        decoder_client.Undecodable: the original cannot be opened any more.
    """
    have = [each.key for each in image.renditions.all() if each.is_cut_as(image)]
    made = _decode(image, have)
    update_rights(image)
    return made


def update_rights(image: Image) -> None:
    """Writes the current rights into every outdated file.

    Nothing is decoded; the files get new names, and the old ones redirect. A file that cannot be
    changed is created again from the original.

    Raises:
        decoder_client.Undecodable: a file has to be created again and the original cannot be opened.
    """
    lost: list[Key] = []
    while (now := Image.objects.filter(pk=image.pk).first()) is not None:
        behind = now.renditions.exclude(rights_version=now.rights_version)
        stale = [each for each in behind if each.key not in lost]
        if not stale:
            break
        lost += _rewrite(now, stale)
    if lost and now is not None:
        _decode(now, (each.key for each in now.renditions.all() if each.key not in lost))


def _rewrite(image: Image, stale: Iterable[Rendition]) -> list[Key]:
    """Rewrites all files or none; returns those that cannot be read or changed."""
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
        rendition_files.save_rows(image, fresh)
    return lost


def _decode(image: Image, have: Iterable[Key]) -> list[Rendition]:
    shapes = dict.fromkeys(SHAPES, (image.focus_x, image.focus_y))
    with decoder_client.scratch_folder() as folder:
        path = _local(image.original, folder)
        found = decoder_client.renditions(path, folder, have, shapes)
        if image.perceptual_hash is None and found["perceptual_hash"] is not None:
            # Uploaded before perceptual hashes existed.
            same = Image.objects.filter(pk=image.pk, checksum=image.checksum, perceptual_hash=None)
            same.update(perceptual_hash=found["perceptual_hash"])
        return rendition_files.save_renditions(image, found["made"], folder)


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


def render_logo(file: bytes, boxes: list[tuple[int, int]]) -> list[RenderedLogo]:
    """The image as PNG, fitted into each box and never enlarged.

    Raises:
        InvalidLogo: it is not an image that can be opened, or the disk is full.
    """
    if kind_of(file[:HEAD_LENGTH]) is None:
        raise InvalidLogo(rejection_of(file[:HEAD_LENGTH]))
    try:
        made = decoder_client.fitted(file, boxes, "png")
    except decoder_client.Undecodable as error:
        raise InvalidLogo(str(error)) from error
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise InvalidLogo(NO_ROOM) from error
        raise
    return [RenderedLogo(each.content, each.width, each.height) for each in made]
