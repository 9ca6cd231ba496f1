"""Builds deliveries that were sent."""

from datetime import datetime

from django.utils import timezone

from newsletter.models import Delivery, Issue, Subscriber
from tests.newsletter.factories import issue


def sent_delivery(
    to: Subscriber, of: Issue | None = None, *, at: datetime | None = None
) -> Delivery:
    now = at or timezone.now()
    draft = of or issue()
    return Delivery.objects.create(
        issue=draft,
        subscriber=to,
        state=Delivery.State.SENT,
        message_id=f"<{draft.pk}.{to.pk}@news.example>",
        due_at=now,
        created_at=now,
        sending_at=now,
        done_at=now,
        details="250 Taken",
    )


def state_of(row: Subscriber | Delivery) -> str:
    row.refresh_from_db()
    return row.state
