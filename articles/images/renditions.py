"""Renditions of images and their files: created, given new rights, replaced and deleted; logos and icons.

Files and their rows are written together, completely or not at all, because partial files would keep a
full disk full. The bytes under a name never change. A file that replaces another gets a new name, and
the old name becomes a row that redirects to it (`OldRenditionName`). Files without a row are left by a
killed process or a failed transaction, and deleted later.
"""

import contextlib
import errno
import os
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import batched
from pathlib import Path
from typing import Any, Final

from django.core.files.base import ContentFile, File
from django.core.files.storage import default_storage
from django.db import transaction
from django.db.models import QuerySet
from django.db.models.fields.files import FieldFile
from django.utils import timezone

from articles.images.credit_line import rights_of
from articles.images.library import decoder_client
from articles.images.metadata import rights_packet, writing
from articles.images.models import Image, OldRenditionName, Rendition
from articles.images.processing.file_types import HEAD_LENGTH, NO_ROOM, kind_of, rejection_of
from articles.images.processing.rendition_sizes import SHAPES, Key
from iria.core.hooks import InvalidLogo, RenderedLogo


def store(file: FieldFile, name: str, content: "File[Any]") -> None:
    """Writes the content and sets the field of the row, without saving the row.

    The name must be unique: the file is deleted if writing fails. Django's own `file.save` chooses
    the name itself and does not report it on failure.
    """
    chosen = file.field.generate_filename(file.instance, name)
    try:
        saved_name = file.storage.save(chosen, content, max_length=file.field.max_length)
    except BaseException:
        with contextlib.suppress(OSError):
            file.storage.delete(chosen)
        raise
    setattr(file.instance, file.field.attname, saved_name)


@contextlib.contextmanager
def all_or_none() -> Iterator[list[FieldFile]]:
    """A list for files that belong together; all of them are deleted if anything fails."""
    files: list[FieldFile] = []
    try:
        yield files
    except BaseException:
        for each in files:
            discard(each)
        raise


def discard(file: FieldFile) -> None:
    """Deletes a file that no row uses."""
    if file.name:
        with contextlib.suppress(OSError):
            file.storage.delete(file.name)


GRACE_PERIOD: Final = timedelta(minutes=10)
"""How long a replaced file is kept, for pages that were served just before."""

REPLACED: Final = ("name", "file", "height", "bytes", "focus_x", "focus_y", "rights_version")


def save_renditions(image: Image, made: list[dict[str, Any]], folder: Path) -> list[Rendition]:
    """Stores files from the decoder, with embedded rights, and their rows.

    If a row exists already, the new file is discarded.
    """
    rights = rights_of(image)
    fresh: list[Rendition] = []
    with all_or_none() as files:
        for size in made:
            content = writing.embedded((folder / size["file"]).read_bytes(), rights)
            fresh.append(stored(_unsaved(image, size), image, content))
            files.append(fresh[-1].file)
        return save_rows(image, fresh)


def _unsaved(image: Image, size: dict[str, Any]) -> Rendition:
    return Rendition(
        format=size["format"],
        width=size["width"],
        height=size["height"],
        shape=size["shape"],
        moving=size["moving"],
        focus_x=image.focus_x,
        focus_y=image.focus_y,
    )


def stored(template: Rendition, image: Image, content: bytes) -> Rendition:
    """A file under a new name, and an unsaved row for it.

    The name cannot be guessed, and contains the rights version that is embedded in the file.
    """
    version = image.rights_version
    name = f"{secrets.token_urlsafe(15)}-{version}.{template.format}"
    rendition = Rendition(
        image=image,
        name=name,
        bytes=len(content),
        rights_version=version,
        **{
            field: getattr(template, field)
            for field in ("format", "width", "height", "shape", "moving", "focus_x", "focus_y")
        },
    )
    store(rendition.file, name, ContentFile(content))
    return rendition


def save_rows(image: Image, fresh: Sequence[Rendition]) -> list[Rendition]:
    """Saves rows for stored files, replacing outdated rows of the same size.

    All change in one transaction: a page has either the old names or the new ones, and both work.
    Returns the new and changed rows. Files of an original that was replaced in the meantime are
    discarded.
    """
    new, changed, former, superfluous = [], [], [], []
    with transaction.atomic():
        same = Image.objects.filter(pk=image.pk, checksum=image.checksum)
        now = same.select_for_update(no_key=True).first()
        existing = {each.key: each for each in Rendition.objects.filter(image=image.pk)}
        for each in fresh if now is not None else ():
            old = existing.get(each.key)
            if old is None:
                new.append(each)
            elif _rank(each, now) <= _rank(old, now):
                superfluous.append(each)
            else:
                former.append(_former(old))
                changed.append(_replaced(old, each))
        OldRenditionName.objects.bulk_create(former)
        Rendition.objects.bulk_create(new)
        Rendition.objects.bulk_update(changed, REPLACED)
    for each in superfluous if now is not None else fresh:
        discard(each.file)
    return [*new, *changed]


def _rank(rendition: Rendition, image: Image | None) -> tuple[bool, int]:
    return image is not None and rendition.is_cut_as(image), rendition.rights_version


def _former(rendition: Rendition) -> OldRenditionName:
    return OldRenditionName(
        name=rendition.name,
        image_id=rendition.image_id,
        format=rendition.format,
        width=rendition.width,
        shape=rendition.shape,
        moving=rendition.moving,
        file=rendition.file.name,
    )


def _replaced(old: Rendition, new: Rendition) -> Rendition:
    for field in REPLACED:
        setattr(old, field, new.file.name if field == "file" else getattr(new, field))
    return old


def retire(image: Image) -> None:
    """Removes all renditions of an image when its original is replaced.

    Their names redirect to the next ones.
    """
    with transaction.atomic():
        rows = Rendition.objects.filter(image=image)
        OldRenditionName.objects.bulk_create(_former(each) for each in rows.select_for_update())
        # Their files belong to the former names now, and stay when the rows are deleted.
        rows.update(file="")
        rows.delete()


def discard_former() -> None:
    """Deletes the files of names replaced some time ago; the names still redirect."""
    for each in OldRenditionName.objects.filter(
        replaced_at__lt=timezone.now() - GRACE_PERIOD
    ).exclude(file=""):
        discard(each.file)
        OldRenditionName.objects.filter(pk=each.pk).update(file="")


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
            except (rights_packet.CannotEmbed, OSError):
                lost.append(each.key)
            else:
                fresh.append(stored(each, image, content))
                files.append(fresh[-1].file)
        save_rows(image, fresh)
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
        return save_renditions(image, found["made"], folder)


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


FOLDERS: Final = ("originals", "renditions")
MIN_AGE: Final = timedelta(days=1)
"""Longer than any transaction: the row of a younger file may not be committed yet."""

AT_ONCE: Final = 1000


def orphaned_files(before: datetime | None = None) -> Iterator[str]:
    """Names of files older than a day that belong to no row.

    None if there are no images at all: the database is probably still to be restored.
    """
    if not Image.objects.exists():
        return
    before = before or timezone.now() - MIN_AGE
    for folder in FOLDERS:
        old = (name for name, since in files_below(folder) if since < before)
        for names in batched(old, AT_ONCE):
            unknown = set(names) - _found_by_name(names)
            yield from sorted(unknown - _found_by_file(unknown) if unknown else unknown)


def delete_files(names: Iterable[str]) -> int:
    """Deletes them and returns how many; one that cannot be deleted is retried the next night."""
    count = 0
    for name in names:
        with contextlib.suppress(OSError):
            default_storage.delete(name)
            count += 1
    return count


def files_below(folder: str) -> Iterator[tuple[str, datetime]]:
    """Every file below a folder, and since when it has been there."""
    storage: Any = default_storage
    if hasattr(storage, "files_below"):
        yield from storage.files_below(folder)
        return
    with contextlib.suppress(FileNotFoundError), os.scandir(storage.path(folder)) as entries:
        for entry in entries:
            name = f"{folder}/{entry.name}"
            if entry.is_dir():
                yield from files_below(name)
            elif (since := _since(entry)) is not None:
                yield name, since


def _since(entry: "os.DirEntry[str]") -> datetime | None:
    """The later of modification and change time: restored backups have old modification times."""
    try:
        stat = entry.stat(follow_symlinks=False)
    except FileNotFoundError:
        return None
    return datetime.fromtimestamp(max(stat.st_mtime, stat.st_ctime), UTC)


def _found_by_name(files: tuple[str, ...]) -> set[str]:
    """Files found by the indexed name, which is nearly all."""
    names = [file.rpartition("/")[2] for file in files]
    return _files(
        Rendition.objects.filter(name__in=names),
        OldRenditionName.objects.filter(name__in=names),
    )


def _found_by_file(files: set[str]) -> set[str]:
    originals = Image.objects.filter(original__in=files).order_by()
    found = originals.values_list("original", flat=True)
    return {*found} | _files(
        Rendition.objects.filter(file__in=files), OldRenditionName.objects.filter(file__in=files)
    )


def _files(renditions: QuerySet[Rendition], former: QuerySet[OldRenditionName]) -> set[str]:
    """In one query, because a file can move from one table to the other between two."""
    now = renditions.values_list("file", flat=True)
    return {*now.union(former.values_list("file", flat=True), all=True).order_by()}
