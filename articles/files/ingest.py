"""Adding a PDF or audio file to the library.

The file is opened in a separate process, so that it cannot harm the site.
"""

import hashlib
import secrets
import subprocess
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File as Content
from django.db import transaction

from accounts.models import User
from articles.files.inspection import process
from articles.files.inspection.file_types import (
    BROKEN,
    BY_MEDIA_TYPE,
    EMPTY,
    HEAD_LENGTH,
    TOO_MUCH,
    Unfit,
    rejection_of,
    type_of,
)
from articles.files.models import File
from articles.images.library.decoder_client import parse_result, run_process
from articles.images.library.ingest import Upload, UploadRejected, lock_checksum, upload_folder
from articles.images.library.uploads import MAX_FILES
from articles.images.renditions import all_or_none, store
from iria.core.text.validators import validate_storable

NO_CREDIT: Final = "Enter a credit before you use it in an article."
CHECK_CREDIT: Final = "Check title and credit: they were read from the file."


@dataclass(frozen=True, slots=True)
class Received:
    """The result for one upload: a file of the library, a message, or both."""

    name: str
    file: File | None
    message: str
    is_new: bool

    @property
    def row(self) -> File | None:
        return self.file


def receive(uploads: "Iterable[Content[Any]]", *, by: User) -> list[Received]:
    """Adds the files to the library; a bad file does not affect the others."""
    sent = list(uploads)
    too_many = f"not uploaded: at most {MAX_FILES} files at a time. Upload it again."
    return [_receive_one(upload, by) for upload in sent[:MAX_FILES]] + [
        Received(str(upload.name), None, too_many, is_new=False) for upload in sent[MAX_FILES:]
    ]


def _receive_one(upload: "Content[Any]", by: User) -> Received:
    name = str(upload.name or "the file")
    try:
        file, removed, is_new = ingest(upload, by=by)
    except UploadRejected as rejection:
        return Received(name, None, str(rejection), is_new=False)
    if not is_new:
        message = f"This file is already in the library: “{file}”. Use that one."
        return Received(name, file, message, is_new=False)
    parts = [f"Removed from it: {' and '.join(removed)}."] if removed else []
    return Received(
        name, file, " ".join([*parts, CHECK_CREDIT if file.credit else NO_CREDIT]), is_new=True
    )


def ingest(
    upload: "Content[Any]", *, by: User | None, **fields: Any
) -> tuple[File, list[str], bool]:
    """The file of the library, what was removed from it, and whether it is new.

    The same file again is not stored twice. Title and credit are read from the file unless they are
    given.

    Raises:
        UploadRejected: the file cannot be added; nothing is stored.
    """
    with upload_folder() as folder:
        copy = _copy(upload, folder / "upload")
        if known := File.objects.filter(checksum=copy.checksum).first():
            return known, [], False
        target = folder / "cleaned"
        try:
            properties = inspect(copy.path, target)
        except Unfit as unfit:
            raise UploadRejected(str(unfit)) from unfit
        values = {**_values(upload, copy, properties, target), "uploaded_by": by, **fields}
        file, is_new = _save(File(**values), copy, target)
        return file, properties["removed"], is_new


def _copy(upload: "Content[Any]", path: Path) -> Upload:
    """Copies the upload to the path; checks its size and its first bytes."""
    most = settings.FILE_MAX_BYTES
    if not upload.size:
        raise UploadRejected(EMPTY)
    if upload.size > most:
        raise UploadRejected(
            f"The file is larger than {most // 1024**2} MB. Make it smaller, or split it."
        )
    upload.seek(0)
    head = upload.read(HEAD_LENGTH)
    if type_of(head) is None:
        raise UploadRejected(rejection_of(head))
    digest = hashlib.sha256()
    upload.seek(0)
    with path.open("wb") as copy:
        for chunk in upload.chunks():
            digest.update(chunk)
            copy.write(chunk)
    return Upload(path, digest.hexdigest())


def _values(
    upload: "Content[Any]", copy: Upload, properties: dict[str, Any], target: Path
) -> dict[str, Any]:
    original = _one_line(str(upload.name or ""))[-200:]
    stem = PurePosixPath(original).stem.replace("_", " ")
    file_type = BY_MEDIA_TYPE[properties["media_type"]]
    return {
        "title": (_one_line(properties["title"]) or " ".join(stem.split()) or file_type.name)[:200],
        "credit": _one_line(properties["author"])[:300],
        "kind": file_type.group,
        "media_type": file_type.media_type,
        "bytes": target.stat().st_size,
        "pages": properties["pages"],
        "duration": properties["duration"],
        "original_name": original,
        "checksum": copy.checksum,
        "name": f"{secrets.token_urlsafe(15)}{file_type.suffix}",
    }


def _one_line(text: str) -> str:
    """The text on one line; nothing if it cannot be stored."""
    line = " ".join(text.split())
    try:
        validate_storable(line)
    except ValidationError:
        return ""
    return line


def _save(file: File, copy: Upload, target: Path) -> tuple[File, bool]:
    """Writes the stored file and the row together."""
    with transaction.atomic():
        lock_checksum(copy.checksum)
        if known := File.objects.filter(checksum=copy.checksum).first():
            return known, False
        with all_or_none() as files, target.open("rb") as content:
            store(file.stored, file.name, Content(content))
            files.append(file.stored)
            file.save()
    return file, True


WAIT_SECONDS: Final = 25
"""Seconds. The child process limits its CPU time itself; the web server gives up after thirty seconds."""


def inspect(path: Path, target: Path) -> dict[str, Any]:
    """The properties of the file (`reading.answer`); its cleaned copy is written to the target.

    Raises:
        Unfit: it is not accepted.
    """
    order = {"path": str(path), "target": str(target)}
    try:
        child = run_process(process.__file__, order, WAIT_SECONDS)
    except subprocess.TimeoutExpired as error:
        raise Unfit(TOO_MUCH) from error
    return parse_result(child, Unfit, TOO_MUCH, BROKEN)
