"""Taking a picture into the library."""

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
from articles.images.library.metadata_mapping import offered
from articles.images.models import Image
from articles.images.processing.file_types import HEAD_LENGTH, NO_ROOM, kind_of, refusal_of
from articles.images.renditions.rendition_files import all_or_none, keep, store
from articles.images.tasks import make_renditions, soon


class Refused(Exception):
    """The file is not taken in; the message is one sentence that says why and what to do."""


class AlreadyThere(Refused):
    """The same file is in the library; `image` is its row."""

    def __init__(self, image: Image) -> None:
        super().__init__(f"This picture is in the library already: “{image}”; use that one.")
        self.image = image


@dataclass(frozen=True, slots=True)
class Upload:
    """A file that was received whole, as a file of ours."""

    path: Path
    checksum: str


def ingest(
    upload: "File[Any]",
    *,
    by: User | None,
    if_known: Literal["reuse", "refuse"] = "reuse",
    **fields: Any,
) -> Image:
    """A row of the library for the file: the original kept privately, its first rendition made.

    What the file says about itself fills the fields that the caller did not give. The other
    renditions are made by the worker after the commit. The same file a second time gives the row
    it has, unchanged, so that imports can be repeated; with `if_known="refuse"` it is an error,
    so that a person learns of it.

    Raises:
        AlreadyThere: for a file that is in the library, where the caller asked to be told.
        Refused: for a file that cannot be taken in; nothing is left of it.
    """
    with workplace() as folder:
        upload_ = received(upload, folder / "upload")
        known = Image.objects.filter(checksum=upload_.checksum).first()
        if known is not None:
            return _known(known, if_known)
        found = opened(upload_, folder)
        given = {name: value for name, value in fields.items() if value not in ("", None)}
        values = {
            **offered(found["metadata"]),
            **given,
            **facts_of(upload_, found),
            "uploaded_by": by,
        }
        return _keep(upload_, found, values, folder, if_known)


@contextlib.contextmanager
def workplace() -> Iterator[Path]:
    """A folder for one upload, gone afterwards.

    Raises:
        Refused: the disk is full, whoever finds it so.
    """
    try:
        with decoder_client.scratch_folder() as folder:
            yield folder
    except OSError as mistake:
        if mistake.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise Refused(NO_ROOM) from mistake
        raise


def opened(upload: Upload, folder: Path) -> dict[str, Any]:
    """What the decoder finds in the file; its first rendition lies in the folder.

    Raises:
        Refused: it is no picture that can be opened.
    """
    try:
        return decoder_client.take_in(upload.path, folder)
    except decoder_client.Undecodable as mistake:
        raise Refused(str(mistake)) from mistake


def facts_of(upload: Upload, found: dict[str, Any]) -> dict[str, Any]:
    """The fields of a picture that follow from its file."""
    return {
        "checksum": upload.checksum,
        "looks": found["looks"],
        "media_type": found["media_type"],
        "width": found["width"],
        "height": found["height"],
        "is_moving": found["moving"],
        "metadata": {name: said for name, said in found["metadata"].items() if said},
    }


def received(upload: "File[Any]", path: Path) -> Upload:
    """Copies the upload to a file of ours, counting its bytes and looking at the first ones."""
    digest = hashlib.sha256()
    length = 0
    most = settings.IMAGE_MAX_BYTES
    if upload.size > most:
        raise _too_large(most)
    upload.seek(0)
    head = upload.read(HEAD_LENGTH)
    if kind_of(head) is None:
        raise Refused(refusal_of(head))
    upload.seek(0)
    with path.open("wb") as copy:
        for chunk in upload.chunks():
            length += len(chunk)
            if length > most:
                raise _too_large(most)
            digest.update(chunk)
            copy.write(chunk)
    return Upload(path, digest.hexdigest())


def _too_large(most: int) -> Refused:
    return Refused(
        f"This file is larger than {most // 1024**2} MB; save it smaller and upload that."
    )


def _known(image: Image, if_known: str) -> Image:
    if if_known == "refuse":
        raise AlreadyThere(image)
    return image


def _keep(
    received: Upload, found: dict[str, Any], values: dict[str, Any], folder: Path, if_known: str
) -> Image:
    """Writes files and rows together; when the rows fail, the files go."""
    image = Image(**values)
    _refuse_unkeepable(image)
    with transaction.atomic():
        wait_for(received.checksum)
        known = Image.objects.filter(checksum=received.checksum).first()
        if known is not None:
            return _known(known, if_known)
        with all_or_none() as files:
            files.append(keep_original(image, received, found))
            image.save()
            keep(image, found["made"], folder)
        number = image.pk
        transaction.on_commit(lambda: soon(make_renditions, number))
    return image


def wait_for(checksum: str) -> None:
    """Whoever brings the same file at the same moment comes one after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [checksum])


def keep_original(image: Image, received: Upload, found: dict[str, Any]) -> FieldFile:
    """Writes the file where nobody but us reads it, under a name that nobody guesses."""
    with received.path.open("rb") as original:
        name = f"{secrets.token_hex(16)}{found['suffix']}"
        store(image.original, name, File(original))
    return image.original


def _refuse_unkeepable(image: Image) -> None:
    """What a caller gave may be too long, hold a NUL, or need no credit without a reason."""
    try:
        image.full_clean(exclude={"original", "uploaded_by"}, validate_unique=False)
    except ValidationError as mistake:
        field, sentences = next(iter(mistake.message_dict.items()))
        sentence = f"The picture's {field.replace('_', ' ')} cannot be kept: {sentences[0]}"
        raise Refused(sentence) from mistake
