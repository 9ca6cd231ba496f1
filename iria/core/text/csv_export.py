"""CSV export for spreadsheets, a line at a time, without formula injection."""

import csv
from collections.abc import Iterable, Iterator, Sequence
from typing import Final

FORMULAS: Final = (*"=+-@\t\r\n", *"＝＋－＠")
"""First characters of formulas; East Asian spreadsheets accept the full-width ones too."""


class _Echo:
    """A file for the CSV writer that returns each line."""

    def write(self, line: str) -> str:
        return line


def as_csv(header: Sequence[str], rows: Iterable[Sequence[object]]) -> Iterator[str]:
    """The lines of the file; the byte order mark tells spreadsheets that it is UTF-8."""
    writer = csv.writer(_Echo())
    yield "\ufeff" + str(writer.writerow(header))
    for row in rows:
        yield str(writer.writerow([escape_formula(each) for each in row]))


def escape_formula(value: object) -> object:
    """Adds an apostrophe to a cell that a spreadsheet would execute as a formula."""
    if isinstance(value, str) and value.startswith(FORMULAS):
        return f"'{value}"
    return value


def unescape_formula(cell: str) -> str:
    """Removes the apostrophe that `escape_formula` has added."""
    return cell[1:] if cell[:1] == "'" and cell[1:].startswith(FORMULAS) else cell
