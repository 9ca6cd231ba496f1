"""The data of a comment that the screening rules check."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from articles.comments.spam.model import SpamModel


@dataclass(frozen=True, slots=True)
class Submission:
    """A comment and what the rules need to know about it.

    Args:
        honeypot: what the hidden field contained.
        approved_before: the number of approved comments of this commenter.
        reported: the total weight of the reports by readers; at most 1 for each.
        same_text: the number of comments with the same text in the days before.
        recent: the number of other comments of this commenter in the minutes before.
        banned: a description of the bans that are certainly of this commenter.
        similar: a description of bans that may be of somebody else with the same name or network.
        akismet: whether Akismet considers it spam.
    """

    text: str
    honeypot: str = ""
    approved_before: int = 0
    same_text: int = 0
    reported: float = 0.0
    recent: int = 0
    banned: str = ""
    similar: str = ""
    akismet: bool = False


@dataclass(frozen=True, slots=True)
class Knowledge:
    """Word lists and spam model, loaded once for any number of comments."""

    banned: Sequence[tuple[str, str]] = ()
    suspect: Sequence[tuple[str, str]] = ()
    """Pairs of the folded word and the word as it was entered."""
    model: SpamModel | None = field(default=None)


@dataclass(frozen=True, slots=True)
class Finding:
    """The result of one rule, and its action."""

    phase: str
    action: str
    says: str
    reason: str = ""
    """The message to the commenter if the rule rejects."""

    def as_json(self) -> dict[str, str]:
        return {"phase": self.phase, "action": self.action, "says": self.says}
