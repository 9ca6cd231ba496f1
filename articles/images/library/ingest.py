"""Adding a file to the image library."""

import contextlib
import errno
import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.db import connection, transaction
from django.db.models.fields.files import FieldFile

from accounts.models import User
from articles.images.library import decoder_client
from articles.images.library.metadata_mapping import fields_from
from articles.images.models import Image
from articles.images.processing.file_types import HEAD_LENGTH, NO_ROOM, kind_of, rejection_of
from articles.images.renditions.rendition_files import all_or_none, save_renditions, store
from articles.images.tasks import enqueue, make_renditions


class UploadRejected(Exception):
    """The file was not added; the message says why and what to do."""


class AlreadyThere(UploadRejected):
    """The same file is already in the library; `image` is its row."""

    def __init__(self, image: Image) -> None:
        super().__init__(f"This image is already in the library: “{image}”. Use that one.")
        self.image = image


@dataclass(frozen=True, slots=True)
class Upload:
    """A complete upload, copied to a file of ours."""

    path: Path
    checksum: str


def ingest(
    upload: "File[Any]",
    *,
    by: User | None,
    if_known: Literal["reuse", "refuse"] = "reuse",
    **fields: Any,
) -> Image:
    """Adds the file to the library, with a private original and its first rendition.

    The file's metadata fills the fields that the caller did not give. The worker creates the other
    renditions after the commit. For a file that is already in the library the existing row is
    returned unchanged, so that imports can be repeated; with `if_known="refuse"` it is an error.

    Raises:
        AlreadyThere: the file is in the library, and `if_known` is "refuse".
        UploadRejected: the file cannot be added; nothing is stored.
    """
    with upload_folder() as folder:
        copy = copy_upload(upload, folder / "upload")
        known = Image.objects.filter(checksum=copy.checksum).first()
        if known is not None:
            return _known(known, if_known)
        found = decode(copy, folder)
        given = {name: value for name, value in fields.items() if value not in ("", None)}
        values = {
            **fields_from(found["metadata"]),
            **given,
            **file_fields(copy, found),
            "uploaded_by": by,
        }
        return _save(copy, found, values, folder, if_known)


@contextlib.contextmanager
def upload_folder() -> Iterator[Path]:
    """A temporary folder for one upload.

    Raises:
        UploadRejected: the disk is full.
    """
    try:
        with decoder_client.scratch_folder() as folder:
            yield folder
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise UploadRejected(NO_ROOM) from error
        raise


def decode(upload: Upload, folder: Path) -> dict[str, Any]:
    """The properties of the file; its first rendition is written into the folder.

    Raises:
        UploadRejected: it is not an image that can be opened.
    """
    try:
        return decoder_client.ingest(upload.path, folder)
    except decoder_client.Undecodable as error:
        raise UploadRejected(str(error)) from error


def file_fields(upload: Upload, found: dict[str, Any]) -> dict[str, Any]:
    """The fields of an image that depend on its file."""
    return {
        "checksum": upload.checksum,
        "perceptual_hash": found["perceptual_hash"],
        "media_type": found["media_type"],
        "width": found["width"],
        "height": found["height"],
        "is_animated": found["moving"],
        "metadata": {name: value for name, value in found["metadata"].items() if value},
    }


def copy_upload(upload: "File[Any]", path: Path) -> Upload:
    """Copies the upload to a file of ours; checks its size and its first bytes."""
    digest = hashlib.sha256()
    length = 0
    most = settings.IMAGE_MAX_BYTES
    if upload.size > most:
        raise _too_large(most)
    upload.seek(0)
    head = upload.read(HEAD_LENGTH)
    if kind_of(head) is None:
        raise UploadRejected(rejection_of(head))
    upload.seek(0)
    with path.open("wb") as copy:
        for chunk in upload.chunks():
            length += len(chunk)
            if length > most:
                raise _too_large(most)
            digest.update(chunk)
            copy.write(chunk)
    return Upload(path, digest.hexdigest())


def _too_large(most: int) -> UploadRejected:
    return UploadRejected(
        f"The file is larger than {most // 1024**2} MB. Save a smaller version and upload that."
    )


def _known(image: Image, if_known: str) -> Image:
    if if_known == "refuse":
        raise AlreadyThere(image)
    return image


def _save(
    upload: Upload, found: dict[str, Any], values: dict[str, Any], folder: Path, if_known: str
) -> Image:
    """Writes files and rows together; if the rows fail, the files are deleted."""
    image = Image(**values)
    _validate(image)
    with transaction.atomic():
        lock_checksum(upload.checksum)
        known = Image.objects.filter(checksum=upload.checksum).first()
        if known is not None:
            return _known(known, if_known)
        with all_or_none() as files:
            files.append(store_original(image, upload, found))
            image.save()
            save_renditions(image, found["made"], folder)
        number = image.pk
        transaction.on_commit(lambda: enqueue(make_renditions, number))
    return image


def lock_checksum(checksum: str) -> None:
    """Uploads of the same file at the same time run one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [checksum])


def store_original(image: Image, upload: Upload, found: dict[str, Any]) -> FieldFile:
    """Stores the private original under an unguessable name."""
    with upload.path.open("rb") as original:
        name = f"{secrets.token_hex(16)}{found['suffix']}"
        store(image.original, name, File(original))
    return image.original


def _validate(image: Image) -> None:
    """Values of the caller may be too long, contain NUL, or lack a reason for no credit."""
    try:
        image.full_clean(exclude={"original", "uploaded_by"}, validate_unique=False)
    except ValidationError as error:
        field, messages = next(iter(error.message_dict.items()))
        message = f"The {field.replace('_', ' ')} of the image cannot be saved: {messages[0]}"
        raise UploadRejected(message) from error
