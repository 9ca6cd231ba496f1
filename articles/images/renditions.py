"""The sizes, shapes and formats in which a picture is served: made once, by the worker."""

from collections.abc import Iterable
from pathlib import Path

from django.db.models.fields.files import FieldFile

from articles.images import decoding, embedding, keeping
from articles.images.crediting import rights_of
from articles.images.models import Image, Rendition
from articles.images.sizes import SHAPES, Key
from articles.images.storing import all_or_none


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
                    content = embedding.embedded(file.read(), rights)
            except (embedding.CannotEmbed, OSError):
                lost.append(each.key)
            else:
                fresh.append(keeping.stored(each, image, content))
                files.append(fresh[-1].file)
        keeping.put(image, fresh)
    return lost


def _decode(image: Image, have: Iterable[Key]) -> list[Rendition]:
    shapes = dict.fromkeys(SHAPES, (image.focus_x, image.focus_y))
    with decoding.scratch_folder() as folder:
        path = _local(image.original, folder)
        found = decoding.renditions_and_looks(path, folder, have, shapes)
        if image.looks is None and found["looks"] is not None:
            # It came before pictures were compared by their looks.
            same = Image.objects.filter(pk=image.pk, checksum=image.checksum, looks=None)
            same.update(looks=found["looks"])
        return keeping.keep(image, found["made"], folder)


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
