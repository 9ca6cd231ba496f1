"""Blockers: what must be fixed before something can be published or sent."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Blocker:
    """A sentence for the editor, and where the thing can be mended."""

    message: str
    address: str = ""
    fix_label: str = ""
    """The words of the link, as in “Write its credit”."""

    def __str__(self) -> str:
        return self.message

    def __html__(self) -> str:
        return self.linked

    @property
    def linked(self) -> SafeString:
        """As HTML for the admin; the name is the one that templates use."""
        if not self.address:
            return format_html("{}", self.message)
        return format_html('{} <a href="{}">{}</a>', self.message, self.address, self.fix_label)


class Blocked(Exception):
    """Something cannot be published or sent; the blockers say what to fix first."""

    def __init__(self, obstacles: Iterable[Blocker | str]) -> None:
        self.obstacles = [
            each if isinstance(each, Blocker) else Blocker(each) for each in obstacles
        ]
        super().__init__(" ".join(self.reasons))

    @property
    def reasons(self) -> list[str]:
        """The sentences alone, for logs and programs."""
        return [each.message for each in self.obstacles]


def as_message(before: str, obstacles: list[Blocker]) -> SafeString:
    """A sentence with what it is about: behind it where that is one thing, else as a list."""
    if len(obstacles) == 1:
        return format_html("{} {}", before, obstacles[0])
    rows = format_html_join("", "<li>{}</li>", ((each,) for each in obstacles))
    return format_html("{}<ul>{}</ul>", before, rows)
