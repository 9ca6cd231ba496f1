"""The reasons for which a mail does not arrive."""

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
