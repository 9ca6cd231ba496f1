"""The table that `make bench` prints: one line for each figure, with its floor and its limit."""

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Line:
    """What was measured, beside the floor: the least that such work costs, measured in the same run."""

    what: str
    measured: float
    unit: str
    floor: float | None = None
    """In the same unit; None for what has none, such as a number of queries."""
    of: str = ""
    """What the floor is."""
    ratio: float | None = None
    """To the floor: the median of several rounds, which is not exactly the ratio of the medians."""
    limit: float | None = None
    """The most that is allowed: of the ratio if there is one, else of what was measured."""
    is_least: bool = False
    """Whether the limit is the least that is allowed."""
    note: str = ""

    @property
    def met(self) -> bool:
        if self.limit is None:
            return True
        judged = self.measured if self.ratio is None else self.ratio
        return judged >= self.limit if self.is_least else judged <= self.limit

    @property
    def cells(self) -> tuple[str, ...]:
        floor = "" if self.floor is None else f"{self.floor:,.4g} {self.of}"
        ratio = "" if self.ratio is None else f"{self.ratio:.2f} ×"
        limit = ""
        if self.limit is not None:
            unit = self.unit if self.ratio is None else "×"
            limit = f"{'≥' if self.is_least else '≤'} {self.limit:g} {unit}"
        missed = "" if self.met else "MISSED"
        return (
            self.what,
            f"{self.measured:,.4g} {self.unit}",
            floor,
            ratio,
            limit,
            missed,
            self.note,
        )


HEADINGS = ("what", "measured", "floor", "ratio", "limit", "", "")


def table(lines: Iterable[Line]) -> str:
    """The lines as text, in columns."""
    rows = [HEADINGS, *(line.cells for line in lines)]
    widths = [max(map(len, column)) for column in zip(*rows, strict=True)]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()
        for row in rows
    )
