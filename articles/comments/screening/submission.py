"""A comment as the screening rules see it: its text, and how it was submitted."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from articles.comments.spam.model import SpamModel


@dataclass(frozen=True, slots=True)
class Submission:
    """What was sent.

    Args:
        honeypot: what the hidden field contained.
        approved_before: how many comments of this commenter moderators have let stand.
        reported: the weight of the reports by readers, one for each who can be relied on.
        same_words: how many comments with the very same words came in the days before.
        lately: how many others came from the same commenter in the minutes before.
        banned: what bans say that mean this commenter and nobody else, in words.
        alike: what bans say that may mean somebody else of the same name or network.
        akismet: whether Akismet was asked, and takes it for spam.
    """

    text: str
    honeypot: str = ""
    approved_before: int = 0
    same_words: int = 0
    reported: float = 0.0
    lately: int = 0
    banned: str = ""
    alike: str = ""
    akismet: bool = False


@dataclass(frozen=True, slots=True)
class Knowledge:
    """What is looked up once, whatever the number of comments looked at."""

    banned: Sequence[tuple[str, str]] = ()
    suspect: Sequence[tuple[str, str]] = ()
    """Pairs of the folded word and the word as it was entered."""
    model: SpamModel | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Finding:
    """What one rule said, and what it asks for."""

    phase: str
    action: str
    says: str
    reason: str = ""
    """For the commenter, where the rule rejects."""

    def as_json(self) -> dict[str, str]:
        return {"phase": self.phase, "action": self.action, "says": self.says}
