"""Reads the files of a test collection."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any


class Unreadable(Exception):
    """A test collection cannot be read; the message names the file and, where it is known, the line."""


def read_lines(file: Path) -> Iterator[tuple[int, str]]:
    """Lines that are not blank, each with its number in the file."""
    try:
        # Only line feeds separate records: a text may contain other line separators of Python.
        lines = file.read_text(encoding="utf-8-sig").split("\n")
    except (OSError, UnicodeDecodeError) as error:
        raise Unreadable(f"{file} cannot be read: {error}") from error
    return ((number, line.rstrip("\r")) for number, line in enumerate(lines, 1) if line.strip())


def read_records(file: Path) -> Iterator[tuple[int, dict[str, Any]]]:
    """JSON objects, one a line, each with the number of its line."""
    for number, line in read_lines(file):
        try:
            record = json.loads(line)
        except ValueError:
            record = None
        if not isinstance(record, dict):
            raise Unreadable(f"{file}, line {number}: not a JSON object.")
        yield number, record
