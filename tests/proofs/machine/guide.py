"""The code blocks of the production guide, with their headings."""

import re
from dataclasses import dataclass

from tests.shared import PROJECT

GUIDE = PROJECT / "docs" / "running-in-production.md"


@dataclass(frozen=True, slots=True)
class Box:
    """A block of commands."""

    heading: str
    commands: str


def boxes() -> list[Box]:
    found, heading = [], ""
    for part in re.split(r"^```", GUIDE.read_text(), flags=re.MULTILINE):
        kind, _, commands = part.partition("\n")
        if kind == "sh":
            found.append(Box(heading, commands))
        elif headings := re.findall(r"^#{2,3} (.+)$", part, flags=re.MULTILINE):
            heading = headings[-1]
    return found
