"""Files are written whole or not at all: what fails midway leaves nothing behind.

A full disk is when this matters. A piece of a file, left there with each attempt, would keep it full.

Files of a picture and their rows: kept together, renamed together, let go together.

The bytes under a name never change. A file that takes another's place gets a name of its own, and
the old name becomes a row that leads to it (`FormerName`).
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
from articles.images.models import FormerName, Image, Rendition
from articles.images.rights.credit_line import rights_of


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


LINGER: Final = timedelta(minutes=10)
"""A file stays this long after its name went, for those who were told to fetch it just before."""

REPLACED: Final = ("name", "file", "height", "bytes", "focus_x", "focus_y", "rights_version")


def keep(image: Image, made: list[dict[str, Any]], folder: Path) -> list[Rendition]:
    """Files the decoder wrote, with the picture's rights put into them, as rows.

    Who comes second throws its own file away.
    """
    rights = rights_of(image)
    fresh: list[Rendition] = []
    with all_or_none() as files:
        for size in made:
            content = embedded((folder / size["file"]).read_bytes(), rights)
            fresh.append(stored(_described(image, size), image, content))
            files.append(fresh[-1].file)
        return put(image, fresh)


def _described(image: Image, size: dict[str, Any]) -> Rendition:
    return Rendition(
        format=size["format"],
        width=size["width"],
        height=size["height"],
        shape=size["shape"],
        moving=size["moving"],
        focus_x=image.focus_x,
        focus_y=image.focus_y,
    )


def stored(like: Rendition, image: Image, content: bytes) -> Rendition:
    """A file under a new name, and a row for it that is not saved yet.

    The name cannot be guessed, and carries the version of the rights that the file tells.
    """
    version = image.rights_version
    name = f"{secrets.token_urlsafe(15)}-{version}.{like.format}"
    rendition = Rendition(
        image=image,
        name=name,
        bytes=len(content),
        rights_version=version,
        **{
            field: getattr(like, field)
            for field in ("format", "width", "height", "shape", "moving", "focus_x", "focus_y")
        },
    )
    store(rendition.file, name, ContentFile(content))
    return rendition


def put(image: Image, fresh: Sequence[Rendition]) -> list[Rendition]:
    """Rows for stored files; one takes the place of a row of the same size that is behind it.

    All change in one moment: whoever makes a page has the names from before or those from after,
    and both lead to pictures. The rows that were made or changed come back. Files of an original
    that another file has replaced since the picture was read are thrown away.
    """
    new, changed, former, superfluous = [], [], [], []
    with transaction.atomic():
        same = Image.objects.filter(pk=image.pk, checksum=image.checksum)
        now = same.select_for_update(no_key=True).first()
        there = {each.key: each for each in Rendition.objects.filter(image=image.pk)}
        for each in fresh if now is not None else ():
            old = there.get(each.key)
            if old is None:
                new.append(each)
            elif _worth(each, now) <= _worth(old, now):
                superfluous.append(each)
            else:
                former.append(_former(old))
                changed.append(_replaced(old, each))
        FormerName.objects.bulk_create(former)
        Rendition.objects.bulk_create(new)
        Rendition.objects.bulk_update(changed, REPLACED)
    for each in superfluous if now is not None else fresh:
        discard(each.file)
    return [*new, *changed]


def _worth(rendition: Rendition, image: Image | None) -> tuple[bool, int]:
    return image is not None and rendition.is_cut_as(image), rendition.rights_version


def _former(rendition: Rendition) -> FormerName:
    return FormerName(
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
    """Lets all files of a picture go, as when another file takes the place of its original.

    Their names lead on to those that are made next.
    """
    with transaction.atomic():
        rows = Rendition.objects.filter(image=image)
        FormerName.objects.bulk_create(_former(each) for each in rows.select_for_update())
        # Their files belong to the former names now, and stay when the rows go.
        rows.update(file="")
        rows.delete()


def discard_former() -> None:
    """Discards the files whose names went some time ago; the names go on leading to others."""
    for each in FormerName.objects.filter(left_at__lt=timezone.now() - LINGER).exclude(file=""):
        discard(each.file)
        FormerName.objects.filter(pk=each.pk).update(file="")
