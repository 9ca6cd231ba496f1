"""The tables of a Ghost export.

An export is the database as JSON, with the tables in alphabetical order: posts come before what belongs to them.
So the file is read once as a stream into a temporary SQLite database, which has an index and stays on disk.
"""

import json
import sqlite3
from collections.abc import Iterator
from itertools import groupby
from operator import itemgetter
from pathlib import Path
from typing import IO, Any, Final

import ijson

from articles.body.tree import UNREADABLE
from iria.transfer.records import Unreadable

NO_EXPORT: Final = (
    "This is not a Ghost export. Make one in Ghost under Settings, Import/Export, Export content."
)
MAX_DEPTH: Final = 100
"""Objects and lists within each other; an export needs seven."""
ABOVE: Final = (
    (),
    ("data",),
    ("data", "data"),
    ("db", "data"),
    ("db", "data", "data"),
)
"""The keys above the tables in exports and in answers of the content API; lists do not count."""
OWNER: Final = {
    "posts_authors": "post_id",
    "posts_meta": "post_id",
    "posts_tags": "post_id",
    "roles_users": "user_id",
    "members_newsletters": "member_id",
    "suppressions": "email",
    "comments": "post_id",
    "settings": "key",
}
"""The column by which the rows of a table are looked up; `id` for the others."""
TABLES: Final = frozenset(
    {"posts", "tags", "users", "roles", "members", "subscribers", "newsletters", *OWNER}
)
SCHEMA: Final = """
CREATE TABLE line (number INTEGER PRIMARY KEY, name TEXT, key TEXT, value TEXT);
CREATE INDEX line_key ON line (name, key);
"""
BOM: Final = b"\xef\xbb\xbf"


class Row(dict[str, Any]):
    """A row. A damaged one has anything anywhere: numbers are read as texts, lists and objects as nothing."""

    def text(self, *names: str) -> str:
        """The first of these columns that has one."""
        return next((text for name in names if (text := text_of(self.get(name)))), "")

    def line(self, *names: str) -> str:
        """The same on one line. Ghost has no HTML outside texts and captions."""
        lines = (" ".join(text_of(self.get(name)).split()) for name in names)
        return next(filter(None, lines), "")

    def is_true(self, name: str) -> bool:
        return text_of(self.get(name)) in {"1", "true"}


class Tables:
    """The rows of one file."""

    def __init__(self, file: Path) -> None:
        """Reads the whole file.

        Raises:
            Unreadable: it is no JSON or no Ghost export.
        """
        self.damaged: list[tuple[str, int]] = []
        """Table and position of what is no row."""
        # An empty name: private, on disk, deleted when closed.
        self._db = sqlite3.connect("")
        self._db.executescript(SCHEMA)
        self.has_posts = False
        try:
            with file.open("rb") as source:
                self._read(source)
            self._db.commit()
        except OSError as error:
            raise Unreadable(f"The file cannot be opened: {error.strerror}.") from error
        except sqlite3.Error as error:
            raise Unreadable(f"The temporary database cannot be written: {error}.") from error
        if not self.has_posts:
            raise Unreadable(NO_EXPORT, 1)

    def rows(self, name: str) -> Iterator[Row]:
        """All rows of a table, in their order."""
        rows = self._db.execute("SELECT value FROM line WHERE name = ? ORDER BY number", [name])
        return (Row(json.loads(value)) for (value,) in rows)

    def _with_key(self, name: str, key: str) -> Iterator[Row]:
        rows = self._db.execute(
            "SELECT value FROM line WHERE name = ? AND key = ? ORDER BY number", [name, key]
        )
        return (Row(json.loads(value)) for (value,) in rows)

    def of(self, name: str, key: str) -> list[Row]:
        """The rows of a table with this value in its column (`OWNER`)."""
        return list(self._with_key(name, key))

    def one(self, name: str, key: str) -> Row:
        """The first of them; empty if there is none."""
        return next(self._with_key(name, key), Row())

    def first_of_each(self, name: str) -> Iterator[Row]:
        """For each value in the column of a table, the row with the lowest `sort_order`."""
        rows = self._db.execute(
            "SELECT key, value FROM line WHERE name = ? ORDER BY key, number", [name]
        )
        for _key, lines in groupby(rows, key=itemgetter(0)):
            yield min((Row(json.loads(value)) for _, value in lines), key=order_of)

    def add(self, name: str, row: dict[str, Any]) -> None:
        if name == "posts":
            self._add_linked(row, "authors", "users", "posts_authors", "author_id")
            self._add_linked(row, "tags", "tags", "posts_tags", "tag_id")
        row = {
            name: UNREADABLE.sub("", each) if isinstance(each, str) else each
            for name, each in row.items()
        }
        key = row.get(OWNER.get(name, "id"))
        text = text_of(key).lower() if name == "suppressions" else text_of(key)
        self._db.execute(
            "INSERT INTO line (name, key, value) VALUES (?, ?, ?)",
            [name, text, json.dumps(row, default=str)],
        )

    def _add_linked(
        self, post: dict[str, Any], field: str, name: str, link: str, column: str
    ) -> None:
        """Answers of the content API have authors and tags within the post, instead of in tables."""
        given = post.pop(field, None)
        for order, row in enumerate(given if isinstance(given, list) else ()):
            if not isinstance(row, dict):
                continue
            key = row.get("id")
            if not self.one(name, text_of(key)):
                self.add(name, row)
            self.add(link, {"post_id": post.get("id"), column: key, "sort_order": order})

    def _read(self, source: IO[bytes]) -> None:
        lines = _Lines(source)
        walk = _Walk(self)
        try:
            # Not `parse`, which would give the keys above a value: it crashes on some broken files.
            for event, value in ijson.basic_parse(lines):
                walk.step(event, value)
        except ijson.JSONError as error:
            message = f"The JSON is broken: {_reason(error)}."
            if "EOF" in _reason(error):
                message = (
                    f"The file ends in the middle ({_reason(error)}). Export or copy it again."
                )
            raise Unreadable(message, lines.number or 1) from error
        except _TooDeep as error:
            raise Unreadable(
                f"Objects are nested more than {MAX_DEPTH} deep.", lines.number
            ) from error
        except (ValueError, ArithmeticError) as error:
            raise Unreadable(
                "There is a number or a text in it that cannot be read.", lines.number
            ) from error


def order_of(row: Row) -> int:
    """Where a link stands among those of its post; the oldest exports do not say it."""
    given = row.get("sort_order")
    return given if isinstance(given, int) else 0


class _TooDeep(Exception):
    pass


class _Lines:
    """Gives the file line by line, so that an error can name its line."""

    def __init__(self, source: IO[bytes]) -> None:
        self._source, self._ended, self.number = source, True, 0
        if source.read(len(BOM)) != BOM:
            source.seek(0)

    def read(self, size: int) -> bytes:
        part = self._source.readline(size)
        if part and self._ended:
            self.number += 1
        if part:
            self._ended = part.endswith(b"\n")
        return part


class _Walk:
    """Follows the events of the parser, and builds a row where one of a known table begins."""

    def __init__(self, tables: Tables) -> None:
        self._tables = tables
        self._path: list[str | None] = []
        """A key for each open object, None for each open list."""
        self._table = ""
        self._position = 0
        self._depth = 0
        """The depth of the table's list."""
        self._builder: ijson.ObjectBuilder | None = None

    def step(self, event: str, value: Any) -> None:
        starts, ends = event in {"start_map", "start_array"}, event in {"end_map", "end_array"}
        if event == "map_key":
            self._path[-1] = value
        elif not ends and self._builder is None:
            self._open(event)
        if self._builder is not None:
            self._builder.event(event, value)
        if starts:
            self._path.append("" if event == "start_map" else None)
            if len(self._path) > MAX_DEPTH:
                raise _TooDeep
        elif ends:
            self._path.pop()
            self._close()

    def _open(self, event: str) -> None:
        """Begins a table or a row, if the event is one."""
        if not self._table:
            if event == "start_array":
                self._open_table()
        elif self._is_row_level():
            self._position += 1
            if event == "start_map":
                self._builder = ijson.ObjectBuilder()
            else:
                self._tables.damaged.append((self._table, self._position))

    def _is_row_level(self) -> bool:
        return len(self._path) == self._depth

    def _open_table(self) -> None:
        keys = [each for each in self._path if each is not None]
        is_table = bool(keys) and keys[-1] in TABLES and tuple(keys[:-1]) in ABOVE
        if not is_table or self._path[-1] is None:
            return
        self._table, self._position, self._depth = keys[-1], 0, len(self._path) + 1
        self._tables.has_posts |= self._table == "posts"

    def _close(self) -> None:
        if not self._table:
            return
        if self._builder is not None and self._is_row_level():
            self._tables.add(self._table, self._builder.value)
            self._builder = None
        elif len(self._path) < self._depth:
            self._table = ""


def _reason(error: Exception) -> str:
    given = error.args[0] if error.args else ""
    text = given.decode(errors="replace") if isinstance(given, bytes) else str(given)
    first = (text.strip().splitlines() or ["unknown"])[0]
    return first.removeprefix("parse error: ").removeprefix("lexical error: ").rstrip(". ")


def text_of(value: object) -> str:
    """A value of a column as text; damaged rows have anything anywhere."""
    if value is None or isinstance(value, (dict, list)):
        return ""
    if isinstance(value, bool):
        return "1" if value else "0"
    return str(value)
