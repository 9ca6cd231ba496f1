"""Index of the newsletter's models."""

from newsletter.models.bounce import Bounce, MailboxStatus, Suppression, WebhookReceipt
from newsletter.models.delivery import (
    Attempt,
    Delivery,
    DeliveryEvent,
    SendingLimit,
    ThrottleState,
    UncertainResolution,
)
from newsletter.models.digest import Digest, DigestRule
from newsletter.models.follow import ArticleFollow, ArticleNotification, ConsentedFollow
from newsletter.models.imports import ImportRow, SubscriberExport, SubscriberImport
from newsletter.models.issue import Issue, IssueInternalLink, IssueItem, IssueLink
from newsletter.models.newsletter import Frequency, Newsletter
from newsletter.models.preflight import ExternalCheck, TestMail, Waiver
from newsletter.models.subscriber import Consent, ConsentedNewsletter, Subscriber, Subscription

__all__ = [
    "ArticleFollow",
    "ArticleNotification",
    "Attempt",
    "Bounce",
    "Consent",
    "ConsentedFollow",
    "ConsentedNewsletter",
    "Delivery",
    "DeliveryEvent",
    "Digest",
    "DigestRule",
    "ExternalCheck",
    "Frequency",
    "ImportRow",
    "Issue",
    "IssueInternalLink",
    "IssueItem",
    "IssueLink",
    "MailboxStatus",
    "Newsletter",
    "SendingLimit",
    "Subscriber",
    "SubscriberExport",
    "SubscriberImport",
    "Subscription",
    "Suppression",
    "TestMail",
    "ThrottleState",
    "UncertainResolution",
    "Waiver",
    "WebhookReceipt",
]
