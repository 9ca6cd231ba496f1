"""Deletes old deliveries and attempts, the largest tables of the newsletter. The numbers of an issue stay."""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import Exists, OuterRef

from newsletter.delivery.progress import unsubscribed_after
from newsletter.models import Attempt, Delivery, Issue

ATTEMPTS_KEPT: Final = timedelta(days=90)
DELIVERIES_KEPT: Final = timedelta(days=730)
AT_ONCE: Final = 5_000
"""Deliveries in one transaction."""

State = Issue.State


def delete_old(now: datetime) -> int:
    """Returns the number of deleted deliveries and attempts."""
    deleted, _ = Attempt.objects.filter(
        answered_at__lt=now - ATTEMPTS_KEPT, delivery__done_at__isnull=False
    ).delete()
    before = now - DELIVERIES_KEPT
    old = Issue.objects.filter(
        Exists(Delivery.objects.filter(issue=OuterRef("pk"))),
        state__in=[State.SENT, State.CANCELLED],
        started_at__lt=before,
    )
    for issue in old.without_content():
        deleted += _delete_deliveries(issue, before)
    return deleted


def _delete_deliveries(issue: Issue, before: datetime) -> int:
    """Stores the numbers first, so that the next night continues where this one stops."""
    # A delivery may be repeated long after the issue was sent.
    if issue.deliveries.exclude(done_at__lt=before).exists():
        return 0
    if issue.delivery_counts is None:
        counts = {**issue.deliveries.counts(), "unsubscribed": unsubscribed_after(issue)}
        Issue.objects.filter(pk=issue.pk).update(delivery_counts=counts)
    deleted = 0
    while chunk := list(issue.deliveries.order_by("pk").values_list("pk", flat=True)[:AT_ONCE]):
        deleted += Delivery.objects.filter(pk__in=chunk).delete()[0]
    return deleted
