"""A private bucket of S3, or of what speaks like it, as the place of originals and renditions.

Imported only where the settings name one (`iria.environment.bucket`): what it needs stands in
`requirements-s3.txt`. Readers get addresses that open for a moment (docs/decisions/serving-pictures.md).
"""

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

OPEN_FOR: Final = timedelta(seconds=90)
"""How long a signed address opens: the minute that a redirect may be kept, and slow clocks."""

SHORTEST: Final = timedelta(seconds=1)


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
        """Made at its first use: a web server forks before."""
        given = {name: value for name, value in self._options.items() if value}
        plain = self._options["endpoint"].startswith("http://")
        return S3Store(
            **given,
            client_options={"allow_http": plain, "timeout": "30s"},
            retry_config={"max_retries": 2, "retry_timeout": timedelta(seconds=20)},
        )

    def _open(self, name: str, mode: str = "rb") -> "File[Any]":
        with _as_files_fail(name):
            return ContentFile(bytes(obstore.get(self._store, name).bytes()), name)

    def _save(self, name: str, content: "File[Any] | IO[Any]") -> str:
        kind = guess_type(name)[0] or f"image/{name.rpartition('.')[2]}"
        said = {"Content-Type": kind, "Cache-Control": "private, max-age=86400"}
        content.seek(0)
        with _as_files_fail(name):
            obstore.put(self._store, name, content.read(), attributes=said)
        return name

    def delete(self, name: str) -> None:
        with _as_files_fail(name):
            obstore.delete(self._store, name)

    def exists(self, name: str) -> bool:
        try:
            self.size(name)
        except FileNotFoundError:
            return False
        return True

    def size(self, name: str) -> int:
        with _as_files_fail(name):
            return obstore.head(self._store, name)["size"]

    def url(self, name: str | None, most: timedelta = OPEN_FOR) -> str:
        open_for = max(SHORTEST, min(OPEN_FOR, most))
        return obstore.sign(self._store, "GET", str(name), open_for)

    def lying(self, folder: str) -> Iterator[tuple[str, datetime]]:
        """Every file below a folder and since when it has been there; a page of them at a time."""
        with _as_files_fail(folder):
            for page in obstore.list(self._store, f"{folder}/", chunk_size=1000):
                for each in page:
                    yield each["path"], each["last_modified"]


@contextmanager
def _as_files_fail(name: str) -> Iterator[None]:
    try:
        yield
    except (NotFoundError, FileNotFoundError) as mistake:
        raise FileNotFoundError(name) from mistake
    except BaseError as mistake:
        sentence = f"The bucket did not do what was asked for {name}."
        raise OSError(sentence) from mistake
