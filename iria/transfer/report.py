"""The report of an import: every item of the source with what became of it.

What was read and found is spooled to files: a source is read once, may be larger than the memory, and may have a
million items.
"""

import json
import pickle
import sqlite3
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator, MutableMapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, Final

from iria.transfer.records import Kind, Remark


class Spool:
    """Records in the order in which they were added; none is added while they are read."""

    def __init__(self) -> None:
        self._file: IO[bytes] = tempfile.TemporaryFile()  # noqa: SIM115 - closed with the object
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

    def end(self) -> tuple[int, int]:
        """For `cut`, which removes what is added from now on."""
        return self._file.tell(), self._number

    def cut(self, end: tuple[int, int]) -> None:
        position, self._number = end
        self._file.seek(position)
        self._file.truncate()


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
    """Half characters, which broken exports have and no file in UTF-8 can, are escaped."""
    return text.encode(errors="backslashreplace").decode()


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"


MAX_REASONS: Final = 20
"""Why items were skipped, on the terminal."""
EXAMPLE: Final = 120
"""Characters of a remark on the terminal."""
CHANGED_HERE: Final = "Changed in the source, but an editor has changed it here since."


@dataclass(slots=True)
class Report:
    format: str
    dry_run: bool
    counts: dict[Kind, Counter[str]] = field(default_factory=dict)
    remark_counts: Counter[str] = field(default_factory=Counter)
    _items: Spool = field(default_factory=Spool)
    _remarks: Spool = field(default_factory=Spool)

    def add(
        self, kind: Kind, source_id: str, outcome: str, reason: str = "", url: str = ""
    ) -> None:
        self.counts.setdefault(kind, Counter())[outcome] += 1
        item = {
            "kind": kind.value,
            "source_id": _storable(source_id),
            "outcome": str(outcome),
            "reason": _storable(reason),
            "url": _storable(url),
        }
        self._items.add(item)

    def add_remarks(self, kind: Kind, source_id: str, remarks: Iterable[Remark]) -> None:
        for each in remarks:
            self.remark_counts[each.code] += 1
            item = {
                "kind": kind.value,
                "source_id": _storable(source_id),
                "remark": each.code,
                "text": _storable(each.text),
            }
            self._remarks.add(item)

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is added inside counts only if no error is raised, as with a transaction."""
        counts = {kind: counter.copy() for kind, counter in self.counts.items()}
        remark_counts = self.remark_counts.copy()
        ends = [(spool, spool.end()) for spool in (self._items, self._remarks)]
        try:
            yield
        except Exception:
            self.counts, self.remark_counts = counts, remark_counts
            for spool, end in ends:
                spool.cut(end)
            raise

    @property
    def failed(self) -> int:
        return sum(counts[Outcome.FAILED] for counts in self.counts.values())

    def items(self, *outcomes: str) -> Iterator[dict[str, str]]:
        """The items with one of these outcomes, in the order in which they were added."""
        yield from (each for each in self._items if each["outcome"] in outcomes)

    def table(self) -> Iterator[str]:
        """Lines for the terminal: the counts, then every failure, then the remarks by kind."""
        columns = ("found", *Outcome)
        yield f"{'':12}" + "".join(f"{each:>11}" for each in columns)
        for kind in Kind:
            if kind in self.counts:
                figures = self._figures(kind)
                yield f"{kind.value:12}" + "".join(f"{figures[each]:>11,}" for each in columns)
        for item in self.items(Outcome.FAILED):
            yield f"Failed: {item['kind']} {item['source_id']}: {item['reason']}"
        reasons = Counter(
            f"{each['kind']}: {each['reason']}" for each in self.items(Outcome.SKIPPED)
        )
        for reason, number in reasons.most_common(MAX_REASONS):
            yield f"Skipped: {number:,} {reason}"
        examples: dict[str, str] = {}
        for each in self._remarks:
            text = " ".join(f"{each['kind']} {each['source_id']}: {each['text']}".split())
            examples.setdefault(each["remark"], text[:EXAMPLE])
        for code, number in sorted(self.remark_counts.items()):
            yield f"{number:,} × {code}, such as {examples[code]}"

    def figures(self) -> dict[Kind, dict[str, int]]:
        """The counts of each kind that was found."""
        return {kind: self._figures(kind) for kind in Kind if kind in self.counts}

    def sections(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Every item and remark, with the name of its list in the JSON."""
        for name, file in (("items", self._items), ("remarks", self._remarks)):
            for item in file:
                yield name, item

    def write(self, file: Path) -> None:
        counts = {kind.value: figures for kind, figures in self.figures().items()}
        head = {"format": self.format, "dry_run": self.dry_run, "counts": counts}
        with file.open("w", encoding="utf-8") as target:
            target.writelines(as_json(head, self._items, self._remarks))

    def _figures(self, kind: Kind) -> dict[str, int]:
        counts = self.counts[kind]
        return {"found": counts.total(), **{each.value: counts[each] for each in Outcome}}


def as_json(head: dict[str, Any], items: Iterable[Any], remarks: Iterable[Any]) -> Iterator[str]:
    """The report in the format of the contract, with remarks besides, in parts."""
    yield json.dumps(head, ensure_ascii=False)[:-1]
    for name, listed in (("items", items), ("remarks", remarks)):
        yield f',\n"{name}": ['
        for number, item in enumerate(listed):
            yield (",\n" if number else "\n") + json.dumps(item, ensure_ascii=False)
        yield "]"
    yield "}\n"
