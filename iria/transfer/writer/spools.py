"""What was read, on disk: a source is read once, and may be larger than the memory."""

import pickle
import tempfile
from collections.abc import Iterator
from typing import IO, Any


class Spool:
    """Records in the order in which they were added."""

    def __init__(self) -> None:
        self._file = _file()
        self._number = 0

    def add(self, record: Any) -> None:
        pickle.dump(record, self._file)
        self._number += 1

    def __len__(self) -> int:
        return self._number

    def __iter__(self) -> Iterator[Any]:
        self._file.seek(0)
        for _ in range(self._number):
            # Written by this process.
            yield pickle.load(self._file)  # noqa: S301


def _file() -> IO[bytes]:
    return tempfile.TemporaryFile()
