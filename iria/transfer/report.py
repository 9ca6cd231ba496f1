"""The report of an import: every item of the source with what became of it.

The items are spooled to a file, because there may be a million of them.
"""

import json
import tempfile
from collections import Counter
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import IO, Any, Final

from iria.transfer.records import Kind, Remark


class Outcome(StrEnum):
    CREATED = "created"
    UPDATED = "updated"
    UNCHANGED = "unchanged"
    SKIPPED = "skipped"
    FAILED = "failed"


MOST_REASONS: Final = 20
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
    _items: IO[str] = field(default_factory=lambda: spool())
    _remarks: IO[str] = field(default_factory=lambda: spool())

    def add(
        self, kind: Kind, source_id: str, outcome: Outcome, reason: str = "", url: str = ""
    ) -> None:
        self.counts.setdefault(kind, Counter())[outcome] += 1
        item = {
            "kind": kind.value,
            "source_id": source_id,
            "outcome": outcome.value,
            "reason": reason,
            "url": url,
        }
        _write(self._items, item)

    def add_remarks(self, kind: Kind, source_id: str, remarks: Iterable[Remark]) -> None:
        for each in remarks:
            self.remark_counts[each.code] += 1
            item = {
                "kind": kind.value,
                "source_id": source_id,
                "remark": each.code,
                "text": each.text,
            }
            _write(self._remarks, item)

    @contextmanager
    def together(self) -> Iterator[None]:
        """What is added inside counts only if no error is raised, as with a transaction."""
        counts = {kind: counter.copy() for kind, counter in self.counts.items()}
        remark_counts = self.remark_counts.copy()
        ends = [(spool, spool.tell()) for spool in (self._items, self._remarks)]
        try:
            yield
        except Exception:
            self.counts, self.remark_counts = counts, remark_counts
            for spool, end in ends:
                spool.seek(end)
                spool.truncate()
            raise

    @property
    def failed(self) -> int:
        return sum(counts[Outcome.FAILED] for counts in self.counts.values())

    def items(self, *outcomes: Outcome) -> Iterator[dict[str, str]]:
        """The items with one of these outcomes, in the order in which they were added."""
        yield from (each for each in _read(self._items) if each["outcome"] in outcomes)

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
        for reason, number in reasons.most_common(MOST_REASONS):
            yield f"Skipped: {number:,} {reason}"
        examples: dict[str, str] = {}
        for each in _read(self._remarks):
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
            for item in _read(file):
                yield name, item

    def write(self, file: Path) -> None:
        """As JSON, in the format of the contract, with remarks besides."""
        counts = {kind.value: figures for kind, figures in self.figures().items()}
        head = {"format": self.format, "dry_run": self.dry_run, "counts": counts}
        with file.open("w", encoding="utf-8") as target:
            target.write(json.dumps(head, ensure_ascii=False)[:-1])
            for name, items in (("items", self._items), ("remarks", self._remarks)):
                target.write(f',\n"{name}": [')
                for number, item in enumerate(_read(items)):
                    target.write((",\n" if number else "\n") + json.dumps(item, ensure_ascii=False))
                target.write("]")
            target.write("}\n")

    def _figures(self, kind: Kind) -> dict[str, int]:
        counts = self.counts[kind]
        return {"found": counts.total(), **{each.value: counts[each] for each in Outcome}}


def spool() -> IO[str]:
    return tempfile.TemporaryFile("w+", encoding="utf-8")


def _write(spool: IO[str], item: dict[str, Any]) -> None:
    # Escaped, so that a lone surrogate in a broken export cannot fail.
    spool.write(json.dumps(item) + "\n")


def _read(spool: IO[str]) -> Iterator[dict[str, Any]]:
    spool.seek(0)
    for line in spool:
        yield json.loads(line)
    spool.seek(0, 2)
