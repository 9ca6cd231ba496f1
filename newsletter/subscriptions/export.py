"""Exports subscribers as CSV, and logs who did it."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from iria.core.text.csv_export import as_csv
from newsletter import personal_data
from newsletter.models import Subscriber, SubscriberExport, Subscription

HEADER: Final = ("e-mail", "status", "newsletters", "name", "language", "confirmed", "unsubscribed")


def export(subscribers: QuerySet[Subscriber], *, filters: str, by: User) -> Iterator[str]:
    """Returns CSV lines with these subscribers; the export is logged before."""
    SubscriberExport.objects.create(created_by=by, rows=subscribers.count(), filters=filters[:300])
    subscriptions = Subscription.objects.with_choices()
    rows = subscribers.prefetch_related(None).prefetch_related(
        Prefetch("subscriptions", subscriptions)
    )
    return as_csv(HEADER, map(_cells, rows.iterator(chunk_size=2000)))


def _cells(subscriber: Subscriber) -> list[str]:
    confirmed, unsubscribed = subscriber.confirmed_at, subscriber.unsubscribed_at
    return [
        subscriber.email,
        subscriber.get_state_display(),
        "; ".join(
            personal_data.describe_subscription(subscription)
            for subscription in subscriber.subscriptions.all()
        ),
        subscriber.name,
        subscriber.language,
        confirmed.isoformat(timespec="seconds") if confirmed else "",
        unsubscribed.isoformat(timespec="seconds") if unsubscribed else "",
    ]
