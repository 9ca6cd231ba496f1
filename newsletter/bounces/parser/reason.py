"""Reasons for failed deliveries, and the other entries of the language tables."""

from collections.abc import Mapping
from enum import StrEnum
from typing import Final


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
