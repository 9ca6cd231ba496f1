"""Index of the newsletter's models."""

from newsletter.models.bounce import Bounce, MailboxReading, Suppression
from newsletter.models.consent import Consent, ConsentedNewsletter
from newsletter.models.delivery import Attempt, Decision, Delivery
from newsletter.models.digest import Digest, DigestRule
from newsletter.models.imports import ImportedLine, SubscriberExport, SubscriberImport
from newsletter.models.issue import Issue
from newsletter.models.item import IssueItem, IssueLink
from newsletter.models.newsletter import Newsletter, Rhythm
from newsletter.models.preflight import Look, TestMail, Waiver
from newsletter.models.run import Pace, RunEvent, SendingLimit
from newsletter.models.subscriber import Subscriber, Subscription
from newsletter.models.webhook import WebhookReceipt

__all__ = [
    "Attempt",
    "Bounce",
    "Consent",
    "ConsentedNewsletter",
    "Decision",
    "Delivery",
    "Digest",
    "DigestRule",
    "ImportedLine",
    "Issue",
    "IssueItem",
    "IssueLink",
    "Look",
    "MailboxReading",
    "Newsletter",
    "Pace",
    "Rhythm",
    "RunEvent",
    "SendingLimit",
    "Subscriber",
    "SubscriberExport",
    "SubscriberImport",
    "Subscription",
    "Suppression",
    "TestMail",
    "Waiver",
    "WebhookReceipt",
]
