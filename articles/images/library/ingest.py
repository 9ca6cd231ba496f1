"""Adding a file to the image library, with its embedded metadata as values for the fields."""

import contextlib
import errno
import hashlib
import logging
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final, Literal

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.files import File
from django.core.validators import URLValidator
from django.db import connection, transaction
from django.db.models.fields.files import FieldFile

from accounts.models import User
from articles.images.library import decoder_client
from articles.images.models import Image
from articles.images.processing.file_types import (
    HEAD_LENGTH,
    NO_ROOM,
    NOT_STORED,
    kind_of,
    rejection_of,
)
from articles.images.renditions import all_or_none, save_renditions, store
from articles.images.tasks import enqueue_renditions

FIELDS: Final = {
    "headline": ("headline", "title"),
    "caption": ("caption",),
    "credit": ("credit", "byline"),
    "byline": ("byline",),
    "copyright_notice": ("copyright",),
    "usage_terms": ("usage_terms",),
    "alt_text": ("alt_text",),
    "extended_description": ("extended_description",),
    "source": ("source",),
    "persons": ("persons",),
    "city": ("city",),
    "country": ("country",),
    "taken": ("taken",),
}
"""Field of the image → metadata that may fill it, in order of preference. A file without a credit
line is credited to its creator; the editor is asked to check."""

_MULTILINE: Final = frozenset({"caption", "alt_text", "usage_terms", "extended_description"})

_DEFAULT_TEXTS: Final = frozenset(
    {
        "olympus digital camera",
        "sony dsc",
        "default",
        "untitled",
        "screenshot",
        "created with gimp",
        "kodak digital still camera",
        "minolta digital camera",
        "samsung csc",
    }
)
"""What cameras and programs write into the caption by default."""


def fields_from(metadata: dict[str, Any]) -> dict[str, Any]:
    """Field → value, shortened to fit; `Image.metadata` keeps everything."""
    found: dict[str, Any] = {}
    for field, sources in FIELDS.items():
        value = next((text for source in sources if (text := _text(metadata, source))), "")
        if value:
            found[field] = _shortened(field, value)
    keywords = [word[:100].strip() for word in metadata.get("keywords") or []]
    special = {
        "keywords": list(dict.fromkeys(word for word in keywords if word)),
        "licence_url": _url(_text(metadata, "licence")),
        "licensor": _shortened("licensor", _licensor(metadata)),
        # The last part of the URL in the IPTC vocabulary.
        "digital_source_type": _text(metadata, "digital_source_type")
        .rstrip("/")
        .rsplit("/", 1)[-1][:80],
    }
    return {**found, **{field: value for field, value in special.items() if value}}


def _text(metadata: dict[str, Any], source: str) -> str:
    value = metadata.get(source) or ""
    text = ", ".join(value) if isinstance(value, list) else str(value).strip()
    return "" if text.lower() in _DEFAULT_TEXTS else text


def _licensor(metadata: dict[str, Any]) -> str:
    name, url = _text(metadata, "licensor"), _text(metadata, "licensor_url")
    return f"{name}, {url}" if name and url and name != url else name or url


def _url(text: str) -> str:
    """Programs write all kinds of text where the URL of a licence should be."""
    try:
        URLValidator(schemes=["http", "https"])(text)
    except ValidationError:
        return ""
    return text if len(text) <= 500 else ""


def is_shortened(field: str, text: str) -> bool:
    """Whether the value of a field is only the beginning of the metadata."""
    max_length = _max_length(field)
    return max_length is not None and len(text) > max_length - 3 and text.endswith("…")


def _max_length(field: str) -> int | None:
    max_length: int | None = Image._meta.get_field(field).max_length  # type: ignore[union-attr]
    return max_length


def _shortened(field: str, text: str) -> str:
    max_length = _max_length(field)
    if field not in _MULTILINE:
        text = " ".join(text.split())
    return (
        text
        if max_length is None or len(text) <= max_length
        else text[: max_length - 1].rstrip() + "…"
    )


log: Final = logging.getLogger("iria.images")


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
    name: str = "",
    **fields: Any,
) -> Image:
    """Adds the file to the library, with a private original and its first rendition.

    The file's metadata fills the fields that the caller did not give. The worker creates the other
    renditions after the commit. For a file that is already in the library the existing row is
    returned unchanged, so that imports can be repeated; with `if_known="refuse"` it is an error.

    Args:
        name: the headline of an image whose metadata has none, so that the library finds it.

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
            "headline": _shortened("headline", name),
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
        UploadRejected: the disk is full, or the storage fails.
    """
    try:
        with decoder_client.scratch_folder() as folder:
            yield folder
    except OSError as error:
        if error.errno in {errno.ENOSPC, errno.EDQUOT}:
            raise UploadRejected(NO_ROOM) from error
        if error.errno == errno.EIO:
            log.warning("%s %s", error.strerror, str(error.__cause__).partition("\n")[0])
            raise UploadRejected(NOT_STORED) from error
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
    max_bytes = settings.IMAGE_MAX_BYTES
    if upload.size > max_bytes:
        raise _too_large(max_bytes)
    upload.seek(0)
    head = upload.read(HEAD_LENGTH)
    if kind_of(head) is None:
        raise UploadRejected(rejection_of(head))
    upload.seek(0)
    with path.open("wb") as copy:
        for chunk in upload.chunks():
            length += len(chunk)
            if length > max_bytes:
                raise _too_large(max_bytes)
            digest.update(chunk)
            copy.write(chunk)
    return Upload(path, digest.hexdigest())


def _too_large(max_bytes: int) -> UploadRejected:
    return UploadRejected(
        f"The file is larger than {max_bytes // 1024**2} MB. Save a smaller version and upload that."
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
        transaction.on_commit(lambda: enqueue_renditions(number))
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
        raise UploadRejected(
            f"The {field.replace('_', ' ')} of the image cannot be saved: {messages[0]}"
        ) from error
