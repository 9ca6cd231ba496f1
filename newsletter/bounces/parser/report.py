"""The content of a bounce message, as a value."""

import re
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self

from newsletter.bounces.parser.reasons import HARD, Reason


class Kind(StrEnum):
    HARD = "hard"
    """There is no such address; writing again is of no use."""
    SOFT = "soft"
    """It did not arrive this time: full, blocked, too large, out of reach, or for a reason unsaid."""
    COMPLAINT = "complaint"
    """A reader, or a provider for one, reported the mail."""
    NONE = "none"
    """No mail failed: an automatic reply, a receipt, a body."""


UNSUBSCRIBING_TYPES: Final = frozenset(
    {"", "abuse", "complaint", "fraud", "virus", "other", "opt-out", "miscategorized"}
)
"""Types of feedback (RFC 5965, 6449) by which somebody wants no more mail. `auth-failure` and `dmarc`
are reports on technique, and `not-spam` takes a complaint back."""


NO_WORDS: Final = re.compile("[\x00\ud800-\udfff]")
"""Whoever wrote to us may have put it into any field, and no database keeps it."""


def _plain(value: Any) -> Any:
    if isinstance(value, Failure):
        return value.in_plain_words()
    if isinstance(value, tuple):
        return tuple(_plain(each) for each in value)
    return NO_WORDS.sub("", value) if type(value) is str else value


@dataclass(frozen=True, slots=True)
class Failure:
    """A recipient who did not receive the e-mail."""

    address: str
    reason: Reason
    status: str = ""
    """The enhanced status code (RFC 3463), as in 5.1.1."""
    words: str = ""
    """What the mail server said."""
    delayed: bool = False
    """It is still being tried, so nothing has failed yet."""
    also: str = ""
    """The address under which the mail arrived there in the end, where it was forwarded."""

    def in_plain_words(self) -> Self:
        return replace(self, **_plain_fields(self))

    @property
    def is_hard(self) -> bool:
        return self.reason in HARD and not self.delayed


@dataclass(frozen=True, slots=True)
class Report:
    """The content of a message, and the IDs that match it to a delivery."""

    kind: Kind
    failures: tuple[Failure, ...] = ()
    feedback: str = ""
    """Of a complaint: its type, in small letters."""
    complained: tuple[str, ...] = ()
    """Of a complaint: who complained."""
    message_ids: tuple[str, ...] = ()
    """Identifiers of e-mails it mentions, in angle brackets."""
    recipients: tuple[str, ...] = ()
    """Addresses it was sent to, or that the returned mail named as its sender."""
    sender: str = ""
    subject: str = ""
    automatic: bool = False
    deliveries: tuple[int, ...] = ()
    """Deliveries it names by the mark we gave them."""
    is_verified: bool = False
    """Who says so has proved who they are, so an address that they name needs no mail of ours as its proof."""
    happened_at: datetime | None = None
    """When it happened, where that is said by a clock that we believe."""

    def in_plain_words(self) -> Self:
        """Returns a copy without NUL characters and surrogates."""
        return replace(self, **_plain_fields(self))

    @property
    def emails(self) -> list[str]:
        """Returns the addresses that the report is about."""
        found = [failure.address for failure in self.failures if failure.address]
        return list(dict.fromkeys([*found, *self.complained]))

    @property
    def is_unsubscribing(self) -> bool:
        """Whether the person who complained should be unsubscribed."""
        return self.kind is Kind.COMPLAINT and self.feedback in UNSUBSCRIBING_TYPES


def _plain_fields(value: Failure | Report) -> dict[str, Any]:
    return {each.name: _plain(getattr(value, each.name)) for each in fields(value)}
