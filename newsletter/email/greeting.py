"""How a mail greets its reader: by name where it is known, and in other words where it is not.

The mail is composed once with a hole where the greeting belongs, one in the HTML and one in the text;
what is filled in is the only part of a mail, besides the token, that differs from reader to reader.
"""

from dataclasses import dataclass
from html import escape
from typing import Final

from iria.core.text.validators import one_line
from newsletter.models import Issue
from newsletter.models.issue import NAME

IN_HTML: Final = "greeting-in-html-stands-here"
IN_TEXT: Final = "greeting-in-text-stands-here"


@dataclass(frozen=True, slots=True)
class Greeting:
    """The words of an issue for readers with a name and without one."""

    named: str = ""
    unnamed: str = ""

    @classmethod
    def of(cls, issue: Issue) -> "Greeting":
        return cls(issue.greeting, issue.greeting_unnamed)

    def to(self, name: str) -> str:
        """The greeting of one reader, on one line."""
        name = one_line(name)
        if NAME in self.named and not name:
            return self.unnamed
        return one_line(self.named.replace(NAME, name))

    def holes(self, name: str) -> dict[str, str]:
        """What is filled into which hole for one reader."""
        words = self.to(name)
        return {IN_HTML: escape(words), IN_TEXT: words}
