"""Blockers: what must be fixed before something can be published or sent."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString


@dataclass(frozen=True, slots=True)
class Blocker:
    """A message for the editor, with the URL where the problem can be fixed."""

    message: str
    url: str = ""
    fix_label: str = ""
    """The text of the link, such as “Write its credit”."""

    def __str__(self) -> str:
        return self.message

    def __html__(self) -> str:
        return self.linked

    @property
    def linked(self) -> SafeString:
        """The message with its link, as HTML for admin templates."""
        if not self.url:
            return format_html("{}", self.message)
        return format_html('{} <a href="{}">{}</a>', self.message, self.url, self.fix_label)


class Blocked(Exception):
    """Something cannot be published or sent until its blockers are fixed."""

    def __init__(self, blockers: Iterable[Blocker | str]) -> None:
        self.blockers = [each if isinstance(each, Blocker) else Blocker(each) for each in blockers]
        super().__init__(" ".join(self.reasons))

    @property
    def reasons(self) -> list[str]:
        """The messages without links, for logs and APIs."""
        return [each.message for each in self.blockers]


def as_message(before: str, blockers: list[Blocker]) -> SafeString:
    """The text followed by the blocker, or by a list if there are several."""
    if len(blockers) == 1:
        return format_html("{} {}", before, blockers[0])
    rows = format_html_join("", "<li>{}</li>", ((each,) for each in blockers))
    return format_html("{}<ul>{}</ul>", before, rows)
