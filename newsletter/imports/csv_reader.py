"""Reads CSV files of any encoding and separator. No Django here.

Invalid rows are reported with their line and skipped; no file makes reading fail.
"""

import codecs
import csv
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

BYTE_ORDER_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
SEPARATORS: Final = (",", ";", "\t", "|")
EXCEL_SEPARATOR: Final = re.compile(r"sep=(.)\Z", re.IGNORECASE)
MAX_LINES: Final = 100
"""The maximum lines of a row. A quotation mark that is not closed by then is a mistake."""
MAX_CHARACTERS: Final = 20_000
"""The maximum length of a row."""
SAMPLE: Final = 50
"""Rows used to detect the separator."""

NOT_CLOSED: Final = "A quotation mark is opened here but not closed."
TOO_LONG: Final = "This row is longer than 20,000 characters."


@dataclass(frozen=True, slots=True)
class Row:
    """A row; `line` is its first line in the file, counted from 1."""

    line: int
    cells: tuple[str, ...]
    error: str = ""


@dataclass(frozen=True, slots=True)
class Table:
    lines: tuple[str, ...]
    encoding: str
    separator: str
    first_line: int = 1

    @classmethod
    def of(cls, content: bytes) -> "Table":
        """Decodes a file; any bytes are accepted."""
        text, encoding = decoded(content)
        lines = text.replace("\r\n", "\n").replace("\r", "\n").split("\n")
        if match := EXCEL_SEPARATOR.match(lines[0]):
            return cls(tuple(lines[1:]), encoding, match[1], first_line=2)
        return cls(tuple(lines), encoding, _separator(lines))

    def rows(self) -> Iterator[Row]:
        """Yields every row that is not empty, in order."""
        for row in _rows(self.lines, self.separator, self.first_line):
            if row.error or any(cell.strip() for cell in row.cells):
                yield row


def decoded(content: bytes) -> tuple[str, str]:
    """Returns the text and its encoding: by the byte order mark, or the first that fits."""
    for mark, encoding in BYTE_ORDER_MARKS:
        if content.startswith(mark):
            return content.decode(encoding, errors="replace"), encoding
    if encoding := _utf16(content[:2000]):
        return content.decode(encoding, errors="replace"), encoding
    try:
        return content.decode("utf-8"), "utf-8"
    except UnicodeDecodeError:
        return content.decode("windows-1252", errors="replace"), "windows-1252"


def _utf16(start: bytes) -> str:
    """Detects UTF-16 without a byte order mark: every second byte of Western text is zero."""
    if len(start) < 4:
        return ""
    even, odd = start[::2].count(0), start[1::2].count(0)
    half = len(start) // 2
    if odd > half * 0.4 and even < half * 0.1:
        return "utf-16-le"
    return "utf-16-be" if even > half * 0.4 and odd < half * 0.1 else ""


def _separator(lines: list[str]) -> str:
    """Returns the separator with which most rows have the same number of cells, more than one."""
    start = lines[: SAMPLE * 2]

    def agreement(separator: str) -> tuple[int, int]:
        rows = [row for row in _rows(start, separator, 1) if row.cells][:SAMPLE]
        counts = Counter(len(row.cells) for row in rows if len(row.cells) > 1)
        (width, frequency), *_ = [*counts.most_common(1), (0, 0)]
        return frequency, width

    return max(SEPARATORS, key=agreement)


def _rows(lines: "list[str] | tuple[str, ...]", separator: str, first_line: int) -> Iterator[Row]:
    index = 0
    while index < len(lines):
        end = _end_of_row(lines, index, separator)
        line = first_line + index
        if end is None:
            yield Row(line, (), NOT_CLOSED)
            index += 1
            continue
        yield _row(line, "\n".join(lines[index:end]), separator)
        index = end


def _row(line: int, text: str, separator: str) -> Row:
    if len(text) > MAX_CHARACTERS:
        return Row(line, (), TOO_LONG)
    if '"' not in text:
        return Row(line, tuple(text.split(separator)))
    try:
        (cells,) = csv.reader([text], delimiter=separator)
    except (csv.Error, ValueError) as error:
        return Row(line, (), f"This row cannot be read: {error}.")
    return Row(line, tuple(cells))


def _end_of_row(lines: "list[str] | tuple[str, ...]", start: int, separator: str) -> int | None:
    """Returns the line after a row; None if a quotation mark is never closed."""
    if '"' not in lines[start]:
        return start + 1
    is_open = False
    for index in range(start, min(start + MAX_LINES, len(lines))):
        is_open = _stays_open(lines[index], separator, is_open=is_open)
        if not is_open:
            return index + 1
    return None


def _stays_open(line: str, separator: str, *, is_open: bool) -> bool:
    """Whether a quoted cell continues after this line."""
    position = 0
    while True:
        if not is_open and line[position : position + 1] == '"':
            is_open, position = True, position + 1
        if is_open:
            position = _after_closing(line, position)
            if position < 0:
                return True
            is_open = False
        position = line.find(separator, position) + 1
        if position == 0:
            return False


def _after_closing(line: str, position: int) -> int:
    """Returns the index after the closing quotation mark, or -1; two marks are an escaped one."""
    while (position := line.find('"', position)) >= 0:
        if line[position + 1 : position + 2] != '"':
            return position + 1
        position += 2
    return -1
