"""The list of subscribers as a file, and who took it out of the house."""

from collections.abc import Iterator
from typing import Final

from django.db.models import Prefetch, QuerySet

from accounts.models import User
from iria.core.text.csv_export import as_csv
from newsletter import personal_data
from newsletter.models import Subscriber, SubscriberExport, Subscription

HEADER: Final = ("e-mail", "state", "newsletters", "name", "language", "confirmed", "left")


def export(subscribers: QuerySet[Subscriber], *, chosen: str, by: User) -> Iterator[str]:
    """The lines of a table with these subscribers; that it was taken is written down before."""
    SubscriberExport.objects.create(made_by=by, rows=subscribers.count(), chosen=chosen[:300])
    received = Subscription.objects.with_choices()
    found = subscribers.prefetch_related(None).prefetch_related(Prefetch("subscriptions", received))
    return as_csv(HEADER, map(_cells, found.iterator(chunk_size=2000)))


def _cells(subscriber: Subscriber) -> list[str]:
    confirmed, left = subscriber.confirmed_at, subscriber.left_at
    return [
        subscriber.email,
        subscriber.get_state_display(),
        "; ".join(personal_data.in_words(each) for each in subscriber.subscriptions.all()),
        subscriber.name,
        subscriber.language,
        confirmed.isoformat(timespec="seconds") if confirmed else "",
        left.isoformat(timespec="seconds") if left else "",
    ]
