"""Checks how templates and stylesheets are laid out: `python -m tests.formatting [--write]`

A line of a template or a stylesheet has at most 120 characters, and a stylesheet has one declaration
per line. `--write` formats the stylesheets. Templates are wrapped by hand: only their author knows
where white space may be added.
"""

import re
import sys
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.shared import PROJECT

MAX_LINE_LENGTH: Final = 120
STYLESHEETS: Final = "static/**/*.css"
TEMPLATES: Final = "templates/**/*.html"

_STRING: Final = r""""(?:\\.|[^"\\])*"|'(?:\\.|[^'\\])*'"""
_COMMENT: Final = r"/\*.*?\*/"
_ITEM: Final = re.compile(
    rf"""(?P<space>\s*)
    (?:(?P<comment>{_COMMENT})
      |(?P<text>(?:{_STRING}|url\([^)"']*\)|{_COMMENT}|[^{{}};"'])*)(?P<end>[{{}};]|\Z))""",
    re.DOTALL | re.VERBOSE,
)
_NO_BREAK: Final = "\0"


def format_stylesheet(source: str) -> str:
    """The same rules with one declaration per line, and blank lines where they were.

    A rule of a single declaration is written in one line if it fits.

    Raises:
        ValueError: it cannot be parsed, for example because a quotation mark is missing.
    """
    lines: list[str] = []
    depth = 0
    for item in _ITEM.finditer(source.rstrip()):
        indent, closes = "  " * depth, item["end"] == "}"
        text = _squeeze(item["text"] or "")
        if lines and item["space"].count("\n") > 1 and (text or not closes):
            lines.append("")
        if item["comment"] and lines and "\n" not in item["space"]:
            lines[-1] += f" {item['comment']}"
        elif item["comment"]:
            lines.append(indent + item["comment"])
        elif item["end"] == "{":
            lines += _wrap(f"{text} {{", indent, indent)
            depth += 1
        elif text:
            lines += _wrap(f"{text};", indent, f"{indent}  ")
        if closes:
            depth -= 1
            _close(lines, "  " * depth)
    formatted = "".join(f"{line}\n" for line in lines)
    if depth or re.sub(r"[\s;]", "", formatted) != re.sub(r"[\s;]", "", source):
        raise ValueError("a quotation mark or a brace is missing")
    return formatted


def _close(lines: list[str], indent: str) -> None:
    lines.append(f"{indent}}}")
    in_one_line = " ".join(line.strip() for line in lines[-3:])
    if (
        len(lines) > 2
        and lines[-3].endswith("{")
        and lines[-2].endswith(";")
        and len(indent + in_one_line) <= MAX_LINE_LENGTH
    ):
        lines[-3:] = [indent + in_one_line]


def _squeeze(text: str) -> str:
    """One space for all white space outside strings; spaces in strings are protected from breaks."""
    parts = re.split(rf"({_STRING})", text.strip(), flags=re.DOTALL)
    parts[::2] = [re.sub(r"\s+", " ", part) for part in parts[::2]]
    parts[1::2] = [part.replace(" ", _NO_BREAK) for part in parts[1::2]]
    return "".join(parts)


def _wrap(text: str, indent: str, next_indent: str) -> list[str]:
    """Lines that are broken after commas only."""
    lines = textwrap.wrap(
        re.sub("(?<!,) ", _NO_BREAK, text),
        MAX_LINE_LENGTH,
        initial_indent=indent,
        subsequent_indent=next_indent,
        break_long_words=False,
        break_on_hyphens=False,
    )
    return [line.replace(_NO_BREAK, " ") for line in lines]


def findings(path: Path) -> Iterator[str]:
    """The problems of a template or stylesheet, with file and line."""
    source = path.read_text()
    name = path.relative_to(PROJECT) if path.is_relative_to(PROJECT) else path
    for number, line in enumerate(source.splitlines(), 1):
        if len(line) > MAX_LINE_LENGTH:
            yield f"{name}:{number}: {len(line)} characters, {MAX_LINE_LENGTH} are allowed"
    if path.suffix == ".css" and format_stylesheet(source) != source:
        yield f"{name}: not formatted; run `python -m tests.formatting --write`"


def main(arguments: list[str]) -> int:
    if arguments == ["--write"]:
        for path in PROJECT.glob(STYLESHEETS):
            path.write_text(format_stylesheet(path.read_text()))
    paths = sorted(path for each in (STYLESHEETS, TEMPLATES) for path in PROJECT.glob(each))
    found = [finding for path in paths for finding in findings(path)]
    print(*found, f"{len(found)} findings in {len(paths)} files", sep="\n")
    return int(bool(found))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
