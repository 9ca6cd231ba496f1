"""Tables for spreadsheets: CSV, a line at a time, in which no cell is ever run as a formula."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

FORMULAS: Final = (*"=+-@\t\r\n", *"＝＋－＠")
"""With what a cell begins that some spreadsheet runs; East Asian ones take the wide signs for the others."""


class _Echo:
    """What the CSV writer writes to: it hands each line back."""

    def write(self, line: str) -> str:
        return line


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The table's lines; the mark at its beginning tells spreadsheets that it is UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + str(writer.writerow(header))
    for row in rows:
        yield str(writer.writerow([escape_formula(each) for each in row]))


def escape_formula(value: object) -> object:
    """A cell that begins like a formula would be run as one; an apostrophe makes it a text."""
    if isinstance(value, str) and value.startswith(FORMULAS):
        return f"'{value}"
    return value


def unescape_formula(cell: str) -> str:
    """A cell that was made harmless, read again: +ola@example.org is not '+ola@example.org."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULAS) else cell
