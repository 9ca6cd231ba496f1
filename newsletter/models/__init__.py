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
from newsletter.models.follow import ArticleFollow, ArticleNotification, ConsentedFollow
from newsletter.models.issue import (
    ExternalCheck,
    Issue,
    IssueInternalLink,
    IssueItem,
    IssueLink,
    TestMail,
    Waiver,
)
from newsletter.models.newsletter import Digest, DigestRule, Frequency, Newsletter
from newsletter.models.subscriber import (
    Consent,
    ConsentedNewsletter,
    ImportRow,
    Subscriber,
    SubscriberExport,
    SubscriberImport,
    Subscription,
)

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
