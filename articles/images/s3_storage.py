"""Storage of originals, renditions and files in a private S3-compatible bucket.

Imported only if the settings name a bucket (`iria.environment.bucket`); its dependency is in
`requirements-s3.txt`. Readers get signed URLs (docs/decisions/images.md).
"""

import errno
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime, timedelta
from functools import cached_property
from mimetypes import guess_type
from typing import IO, Any, Final

import obstore
from django.core.files.base import ContentFile, File
from django.core.files.storage import Storage
from obstore.exceptions import BaseError, NotFoundError
from obstore.store import S3Store

VALID_FOR: Final = timedelta(seconds=90)
"""Validity of a signed URL: the minute that a redirect may be cached, plus slow clocks."""

MIN_VALIDITY: Final = timedelta(seconds=1)

AUDIO: Final = {"m4a": "audio/mp4", "flac": "audio/flac", "wav": "audio/wav"}
"""Suffix → media type, where Python names one that players do not know."""


class Bucket(Storage):
    def __init__(self, *, name: str, region: str, endpoint: str, key_id: str, secret: str) -> None:
        self._options: dict[str, Any] = {
            "bucket": name,
            "region": region,
            "endpoint": endpoint,
            "access_key_id": key_id,
            "secret_access_key": secret,
        }

    @cached_property
    def _store(self) -> S3Store:
        """Created at its first use, after the web server has forked."""
        given = {name: value for name, value in self._options.items() if value}
        plain = self._options["endpoint"].startswith("http://")
        return S3Store(
            **given,
            client_options={"allow_http": plain, "timeout": "30s"},
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
        )

    def _open(self, name: str, mode: str = "rb") -> "File[Any]":
        with _os_errors(name):
            return ContentFile(bytes(obstore.get(self._store, name).bytes()), name)

    def _save(self, name: str, content: "File[Any] | IO[Any]") -> str:
        suffix = name.rpartition(".")[2]
        kind = AUDIO.get(suffix) or guess_type(name)[0] or f"image/{suffix}"
        headers = {"Content-Type": kind, "Cache-Control": "private, max-age=86400"}
        if not kind.startswith("image/"):
            headers["Content-Disposition"] = "attachment"
        content.seek(0)
        with _os_errors(name):
            obstore.put(self._store, name, content.read(), attributes=headers)
        return name

    def delete(self, name: str) -> None:
        with _os_errors(name):
            obstore.delete(self._store, name)

    def exists(self, name: str) -> bool:
        try:
            self.size(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        with _os_errors(name):
            return obstore.head(self._store, name)["size"]

    def url(
        self,
        name: str | None,
        most: timedelta = timedelta.max,
        valid_for: timedelta = VALID_FOR,
    ) -> str:
        """A signed URL; `most` is the time to the end of the licence."""
        return obstore.sign(self._store, "GET", str(name), max(MIN_VALIDITY, min(valid_for, most)))

    def files_below(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """Every file below a folder, or all, and since when it has been there, in the order of their names."""
        with _os_errors(folder):
            for page in obstore.list(
                self._store, f"{folder}/" if folder else None, chunk_size=1000
            ):
                for each in page:
                    yield each["path"], each["last_modified"]


@contextmanager
def _os_errors(name: str) -> Iterator[None]:
    try:
        yield
    except (NotFoundError, FileNotFoundError) as error:
        raise FileNotFoundError(name) from error
    except BaseError as error:
        raise OSError(errno.EIO, f"The bucket request for {name} failed.") from error
