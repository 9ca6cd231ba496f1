"""The list of a picture's files in its own row, read once however often the row is."""

import json
from collections.abc import Hashable, Iterable
from functools import lru_cache
from typing import Any, Final

from django.db import models
from django.db.backends.base.base import BaseDatabaseWrapper

KNOWN: Final = 1024
"""Lists a process remembers; some eight kilobytes each with what was drawn from them."""


class Files(list[list[Any]]):
    """Every rendition as format, width, height, name, bytes, shape and whether it moves.

    Shared by all rows that hold the same list, so it is never written to. What follows from the list
    alone is kept with it: a front page names five hundred files, the same ones every time.
    """

    def __init__(self, rows: Iterable[list[Any]]) -> None:
        super().__init__(rows)
        self.drawn: dict[Hashable, Any] = {}


@lru_cache(maxsize=KNOWN)
def files_of(text: str) -> Files:
    return Files(json.loads(text))


class FilesField(models.JSONField[Any, Any]):
    """JSON to the database; from it always the same `Files` for the same text."""

    def from_db_value(
        self, value: Any, expression: Any, connection: BaseDatabaseWrapper
    ) -> Files | None:
        return None if value is None else files_of(value)

    def deconstruct(self) -> tuple[str, str, list[Any], dict[str, Any]]:
        name, _path, arguments, options = super().deconstruct()
        return name, "django.db.models.JSONField", list(arguments), options
