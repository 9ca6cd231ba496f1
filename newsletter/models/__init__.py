"""Index of the newsletter's models."""

from newsletter.models.bounce import Bounce, MailboxReading, Suppression, WebhookReceipt
from newsletter.models.delivery import Attempt, Decision, Delivery, Pace, RunEvent, SendingLimit
from newsletter.models.digest import Digest, DigestRule
from newsletter.models.imports import ImportedLine, SubscriberExport, SubscriberImport
from newsletter.models.issue import Issue, IssueItem, IssueLink
from newsletter.models.newsletter import Frequency, Newsletter
from newsletter.models.preflight import Look, TestMail, Waiver
from newsletter.models.subscriber import Consent, ConsentedNewsletter, Subscriber, Subscription

__all__ = [
    "Attempt",
    "Bounce",
    "Consent",
    "ConsentedNewsletter",
    "Decision",
    "Delivery",
    "Digest",
    "DigestRule",
    "Frequency",
    "ImportedLine",
    "Issue",
    "IssueItem",
    "IssueLink",
    "Look",
    "MailboxReading",
    "Newsletter",
    "Pace",
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
