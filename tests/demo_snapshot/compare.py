"""Compares two sets; prints each change once, with the number of files that have it."""

import re
from collections import defaultdict
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher
from pathlib import Path
from typing import Final

MAX_LINE_LENGTH: Final = 400

type Change = tuple[tuple[str, ...], tuple[str, ...]]
"""Lines removed, lines added."""


def report(before: Path, after: Path, *, ignored: Sequence[str]) -> int:
    """Prints the differences, most frequent first; returns 1 if there are any."""
    first, second = _files(before), _files(after)
    changes: dict[Change, list[str]] = defaultdict(list)
    differing = 0
    for name in sorted(first.keys() & second.keys()):
        changes_of_file = list(
            _changes(_lines(first[name], ignored), _lines(second[name], ignored))
        )
        differing += bool(changes_of_file)
        for change in dict.fromkeys(changes_of_file):
            changes[change].append(name)
    removed, added = sorted(first.keys() - second.keys()), sorted(second.keys() - first.keys())
    for change, names in sorted(changes.items(), key=lambda item: (-len(item[1]), item[1][0])):
        _print_change(change, names)
    for title, names in (("Only before", removed), ("Only after", added)):
        for name in names:
            print(f"{title}: {name}")
    equal = len(first.keys() & second.keys()) - differing
    print(
        f"{equal} files are equal, {differing} differ by {len(changes)} different changes,"
        f" {len(removed)} are only before, {len(added)} only after."
    )
    return int(bool(differing or removed or added))


def _files(folder: Path) -> dict[str, Path]:
    if not folder.is_dir():
        raise SystemExit(f"{folder} is not a folder.")
    return {str(path.relative_to(folder)): path for path in folder.rglob("*") if path.is_file()}


def _lines(path: Path, ignored: Sequence[str]) -> list[str]:
    text = path.read_text("utf-8")
    for pattern in ignored:
        text = re.sub(pattern, "", text)
    return text.splitlines()


def _changes(before: list[str], after: list[str]) -> Iterator[Change]:
    if before == after:
        return
    matcher = SequenceMatcher(None, before, after, autojunk=False)
    for kind, start, end, other_start, other_end in matcher.get_opcodes():
        if kind != "equal":
            yield tuple(before[start:end]), tuple(after[other_start:other_end])


def _print_change(change: Change, names: list[str]) -> None:
    more = f" and {len(names) - 1} more" if len(names) > 1 else ""
    print(f"@@ {len(names)} × – {names[0]}{more}")
    for sign, lines in zip("-+", change, strict=True):
        for line in lines:
            cut = "…" if len(line) > MAX_LINE_LENGTH else ""
            print(f"{sign} {line[:MAX_LINE_LENGTH]}{cut}")
    print()
