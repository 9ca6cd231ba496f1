"""Greetings, by name if it is known.

An e-mail is rendered once with a placeholder for the greeting, one in HTML and one in plain text.
"""

from dataclasses import dataclass
from html import escape
from typing import Final

from iria.core.text.validators import one_line
from newsletter.models import Issue
from newsletter.models.issue import NAME_PLACEHOLDER

IN_HTML: Final = "greeting-in-html-stands-here"
IN_TEXT: Final = "greeting-in-text-stands-here"


@dataclass(frozen=True, slots=True)
class Greeting:
    """The greetings of an issue for readers with and without a name."""

    named: str = ""
    unnamed: str = ""

    @classmethod
    def of(cls, issue: Issue) -> "Greeting":
        return cls(issue.greeting, issue.fallback_greeting)

    def to(self, name: str) -> str:
        """Returns the greeting for a name, on one line."""
        name = one_line(name)
        if NAME_PLACEHOLDER in self.named and not name:
            return self.unnamed
        return one_line(self.named.replace(NAME_PLACEHOLDER, name))

    def values_for(self, name: str) -> dict[str, str]:
        """Returns the values of the greeting placeholders for a name."""
        greeting = self.to(name)
        return {IN_HTML: escape(greeting), IN_TEXT: greeting}
