"""Files of renditions and their rows: written, replaced and deleted together.

Files are written completely or not at all, because partial files would keep a full disk full.

The bytes under a name never change. A file that replaces another gets a new name, and the old name
becomes a row that redirects to it (`FormerName`).
"""

import contextlib
import secrets
from collections.abc import Iterator, Sequence
from datetime import timedelta
from pathlib import Path
from typing import Any, Final

from django.core.files.base import ContentFile, File
from django.db import transaction
from django.db.models.fields.files import FieldFile
from django.utils import timezone

from articles.images.metadata.writing import embedded
from articles.images.models import Image, OldRenditionName, Rendition
from articles.images.rights.credit_line import rights_of


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
            content = embedded((folder / size["file"]).read_bytes(), rights)
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
