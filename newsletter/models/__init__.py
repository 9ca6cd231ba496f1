"""Index of the newsletter's models."""

from newsletter.models.bounce import Bounce, MailboxReading, Suppression
from newsletter.models.delivery import Attempt, Decision, Delivery
from newsletter.models.issue import Issue, IssueItem
from newsletter.models.preflight import Look, TestMail, Waiver
from newsletter.models.run import Pace, RunEvent, SendingLimit
from newsletter.models.subscriber import Consent, Newsletter, Subscriber, Subscription

__all__ = [
    "Attempt",
    "Bounce",
    "Consent",
    "Decision",
    "Delivery",
    "Issue",
    "IssueItem",
    "Look",
    "MailboxReading",
    "Newsletter",
    "Pace",
    "RunEvent",
    "SendingLimit",
    "Subscriber",
    "Subscription",
    "Suppression",
    "TestMail",
    "Waiver",
]
