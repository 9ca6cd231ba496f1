"""The content of a bounce message as a value, and the reasons for failed deliveries."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, fields, replace
from datetime import datetime
from enum import StrEnum
from typing import Any, Final, Self


class Reason(StrEnum):
    UNKNOWN_USER = "no such address"
    UNKNOWN_HOST = "no such domain"
    MOVED = "moved away"
    NO_MAIL = "the domain takes no mail"
    FULL = "mailbox full"
    SUSPENDED = "account locked or given up"
    FILTERED = "refused by the recipient's rules"
    BLOCKED = "our server or address is blocked"
    POLICY = "refused by policy, as spam, or for missing proof of sender"
    LATER = "too much at once, or asked to come later"
    TOO_LARGE = "too large"
    UNREACHABLE = "server out of reach, or waited too long"
    FAULT = "fault of a mail server"
    UNSAID = "no reason given"


HARD: Final = frozenset({Reason.UNKNOWN_USER, Reason.UNKNOWN_HOST, Reason.MOVED, Reason.NO_MAIL})


class Topic(StrEnum):
    """Phrases in the language tables that are not reasons."""

    FAILED = "failed"
    """Phrases of which every bounce contains at least one."""
    SUBJECT = "subject"
    """Subjects of bounces."""
    RETURNED = "returned"
    """The line after which the returned e-mail follows."""
    DELAYED = "delayed"
    """Delivery is still being tried."""
    REPLY = "reply"
    """Beginnings of the subjects of automatic replies."""
    RECIPIENT = "recipient"
    """Labels before the failed address."""
    SENDER = "sender"
    """Labels before an address that did not fail."""
    RECEIPT = "receipt"
    """Subjects of delivery confirmations."""
    DELIVERED = "delivered"
    """The word before the colon at the beginning of the subject of a delivery confirmation."""


type Table = Mapping[Reason | Topic, tuple[str, ...]]
"""Regular expressions by topic."""


class Kind(StrEnum):
    HARD = "hard"
    """The address does not exist; sending again is of no use."""
    SOFT = "soft"
    """Not delivered this time: mailbox full, blocked, too large, unreachable, or unknown."""
    COMPLAINT = "complaint"
    """A recipient, or a provider for them, reported the e-mail as spam."""
    NONE = "none"
    """Nothing failed: an automatic reply, a receipt, a personal e-mail."""


UNSUBSCRIBING_TYPES: Final = frozenset(
    {"", "abuse", "complaint", "fraud", "virus", "other", "opt-out", "miscategorized"}
)
"""Feedback types (RFC 5965, 6449) that unsubscribe. `auth-failure` and `dmarc` are technical reports,
and `not-spam` withdraws a complaint.
"""


UNSTORABLE: Final = re.compile("[\x00\ud800-\udfff]")
"""Characters that the database cannot store; they may be in any field of a message."""


def _storable(value: Any) -> Any:
    if isinstance(value, Failure):
        return value.without_unstorable()
    if isinstance(value, tuple):
        return tuple(_storable(item) for item in value)
    return UNSTORABLE.sub("", value) if type(value) is str else value


@dataclass(frozen=True, slots=True)
class Failure:
    """A recipient who did not receive the e-mail."""

    address: str
    reason: Reason
    status: str = ""
    """The enhanced status code (RFC 3463), as in 5.1.1."""
    smtp_response: str = ""
    delayed: bool = False
    """Delivery is still being tried, so nothing has failed yet."""
    also: str = ""
    """The final address if the e-mail was forwarded."""

    def without_unstorable(self) -> Self:
        return replace(self, **_storable_fields(self))

    @property
    def is_hard(self) -> bool:
        return self.reason in HARD and not self.delayed


@dataclass(frozen=True, slots=True)
class Report:
    """The content of a message, and the IDs that match it to a delivery."""

    kind: Kind
    failures: tuple[Failure, ...] = ()
    feedback: str = ""
    """The complaint type in lower case."""
    complained: tuple[str, ...] = ()
    """The addresses that complained."""
    message_ids: tuple[str, ...] = ()
    """Message-IDs that it mentions, in angle brackets."""
    recipients: tuple[str, ...] = ()
    """The recipients, or the envelope senders of the returned e-mail."""
    sender: str = ""
    subject: str = ""
    automatic: bool = False
    deliveries: tuple[int, ...] = ()
    """IDs of the deliveries whose references it contains."""
    is_verified: bool = False
    """Whether the sender is authenticated, so that an address needs no recent delivery as proof."""
    happened_at: datetime | None = None
    """When it happened, if the clock is trusted."""

    def without_unstorable(self) -> Self:
        """Returns a copy without NUL characters and surrogates."""
        return replace(self, **_storable_fields(self))

    @property
    def emails(self) -> list[str]:
        """Returns the addresses that the report is about."""
        failed = [failure.address for failure in self.failures if failure.address]
        return list(dict.fromkeys([*failed, *self.complained]))

    @property
    def is_unsubscribing(self) -> bool:
        """Whether the person who complained should be unsubscribed."""
        return self.kind is Kind.COMPLAINT and self.feedback in UNSUBSCRIBING_TYPES


def _storable_fields(value: Failure | Report) -> dict[str, Any]:
    return {field.name: _storable(getattr(value, field.name)) for field in fields(value)}
