"""What was read, on disk: a source is read once, and may be larger than the memory."""

import pickle
import sqlite3
import tempfile
from collections.abc import Iterator, MutableMapping
from typing import IO, Any


class Spool:
    """Records in the order in which they were added; all are added before the first one is read."""

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


class DiskDict[V: (int, str)](MutableMapping[str, V]):
    """A dictionary that needs a few megabytes of memory, whatever its size: a temporary database of SQLite."""

    def __init__(self) -> None:
        # Without a name it is a file that SQLite deletes itself, and stays in memory while it is small.
        self._database = sqlite3.connect("", isolation_level=None)
        self._database.execute("PRAGMA journal_mode = OFF")
        self._database.execute("CREATE TABLE pair (key TEXT PRIMARY KEY, value) WITHOUT ROWID")

    def __getitem__(self, key: str) -> V:
        rows = self._database.execute("SELECT value FROM pair WHERE key = ?", [_storable(key)])
        for (value,) in rows:
            found: V = value
            return found
        raise KeyError(key)

    def __setitem__(self, key: str, value: V) -> None:
        stored = _storable(value) if isinstance(value, str) else value
        self._database.execute("REPLACE INTO pair VALUES (?, ?)", [_storable(key), stored])

    def __delitem__(self, key: str) -> None:
        self[key]
        self._database.execute("DELETE FROM pair WHERE key = ?", [_storable(key)])

    def __len__(self) -> int:
        return int(self._database.execute("SELECT count(*) FROM pair").fetchone()[0])

    def __iter__(self) -> Iterator[str]:
        for (key,) in self._database.execute("SELECT key FROM pair"):
            yield key


def _storable(text: str) -> str:
    """Half characters, which broken exports have and SQLite refuses, are escaped."""
    return text.encode(errors="backslashreplace").decode()
