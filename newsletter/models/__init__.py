"""Index of the newsletter's models."""

from newsletter.models.delivery import Delivery
from newsletter.models.issue import Issue, IssueItem
from newsletter.models.subscriber import Consent, Newsletter, Subscriber, Subscription

__all__ = [
    "Consent",
    "Delivery",
    "Issue",
    "IssueItem",
    "Newsletter",
    "Subscriber",
    "Subscription",
]
