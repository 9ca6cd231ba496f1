"""The personal data of subscribers: they view and erase it, and staff export lists of subscribers as CSV, which is logged.

E-mails may be forwarded with their links, so the preferences page hides the address. The data has a link of its own, which
is valid for one day and sent to the address.
"""

from collections.abc import Iterator
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Prefetch, QuerySet

from accounts.models import User
from iria.core.hooks import Person
from iria.core.jobs import enqueue
from iria.core.security import BrokenToken, count_and_allow, make_token, read_token
from iria.core.text.csv_export import as_csv
from newsletter.models import Bounce, Subscriber, SubscriberExport, Subscription
from newsletter.subscriptions import opt_in


def export(person: Person) -> dict[str, Any]:
    subscriber = Subscriber.objects.with_email(person.email).first()
    return {"subscribed": False} if subscriber is None else of_subscriber(subscriber)


def of_subscriber(subscriber: Subscriber) -> dict[str, Any]:
    """Returns the stored data of a subscriber, with labels that a person understands."""
    subscriptions = subscriber.subscriptions.with_choices()
    return {
        "subscribed": subscriber.is_active,
        "e-mail address": subscriber.email,
        "status": subscriber.get_state_display(),
        "newsletters": [
            f"{describe_subscription(subscription)}, since {subscription.created_at:%Y-%m-%d}"
            for subscription in subscriptions
        ],
        "follows": [
            f"{follow.subject}, since {follow.created_at:%Y-%m-%d}"
            for follow in subscriber.article_follows.with_subjects()
        ],
        "articles sent for them": _articles_sent(subscriber),
        "language": subscriber.language,
        "name": subscriber.name,
        "signed up": subscriber.created_at,
        "confirmed": subscriber.confirmed_at,
        "unsubscribed": subscriber.unsubscribed_at,
        "suppressed because": subscriber.suppression_reason,
        "consents": list(
            subscriber.consents.values(
                "source_url", "wording", "language", "asked_at", "confirmed_at"
            )
        ),
        "e-mails": _emails(subscriber),
        "bounces": list(
            Bounce.objects.filter(subscriber=subscriber).values(
                "processed_at", "kind", "reason", "smtp_response"
            )
        ),
    }


def _articles_sent(subscriber: Subscriber) -> list[dict[str, Any]]:
    """What was sent because of their follows."""
    return [
        {
            "headline": row.article.headline,
            "status": row.get_state_display(),
            "on": row.created_at,
        }
        for row in subscriber.article_notifications.select_related("article").order_by("pk")
    ]


def _emails(subscriber: Subscriber) -> list[dict[str, Any]]:
    return [
        {
            "subject": delivery.issue.subject,
            "status": delivery.get_state_display(),
            "on": delivery.done_at,
        }
        for delivery in subscriber.deliveries.with_issues()
    ]


def describe_subscription(subscription: Any) -> str:
    """Returns newsletter, frequency and topics as text; requires `with_choices`."""
    names = ", ".join(subscription.topic_names)
    topics = "" if subscription.topics is None else f": {names or 'deleted topics'}"
    return f"{subscription.newsletter.name} ({subscription.get_frequency_display()}{topics})"


HEADER: Final = ("e-mail", "status", "newsletters", "name", "language", "confirmed", "unsubscribed")


def export_as_csv(subscribers: QuerySet[Subscriber], *, filters: str, by: User) -> Iterator[str]:
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
            describe_subscription(subscription) for subscription in subscriber.subscriptions.all()
        ),
        subscriber.name,
        subscriber.language,
        confirmed.isoformat(timespec="seconds") if confirmed else "",
        unsubscribed.isoformat(timespec="seconds") if unsubscribed else "",
    ]


VALID_FOR: Final = timedelta(days=1)
PURPOSE: Final = "newsletter.data"
MAX_LINKS_PER_DAY: Final = 3
ERASURE_REASON: Final = "Requested when their data was erased"


def request_link(subscriber: Subscriber) -> None:
    """Enqueues the e-mail with the link; ignored if it was requested too often."""
    email = subscriber.email.lower()
    if count_and_allow(PURPOSE, email, limit=MAX_LINKS_PER_DAY, per=timedelta(days=1)):
        transaction.on_commit(lambda: enqueue("newsletter.data_link", subscriber_id=subscriber.pk))


def token_of(subscriber: Subscriber) -> str:
    # Includes the subscriber's token: a reused ID must never open another person's data.
    return make_token([subscriber.pk, subscriber.token], purpose=PURPOSE)


def subscriber_of(token: str) -> Subscriber:
    """Returns the subscriber of a data link.

    Raises:
        ExpiredToken, BrokenToken: from `iria.core.security`, or because they were
            erased since.
    """
    subscriber_id, subscriber_token = read_token(token, purpose=PURPOSE, valid_for=VALID_FOR)
    subscriber = Subscriber.objects.with_token(subscriber_token).filter(pk=subscriber_id).first()
    if subscriber is None:
        raise BrokenToken
    return subscriber


def erase(token: str, *, suppress: bool) -> Subscriber:
    """Erases the subscriber of a data link; `suppress` keeps a hash, so that no e-mail is sent to
    the address again.

    Otherwise nothing is kept, as the page says, not even that they had unsubscribed.

    Raises:
        ExpiredToken, BrokenToken: as `subscriber_of`.
    """
    subscriber = subscriber_of(token)
    opt_in.erase(subscriber, suppression_reason=ERASURE_REASON if suppress else "", keep_hash=False)
    return subscriber


def erase_account(person: Person, keep_text: bool) -> None:
    """Erases the address of a deleted account, its choices and consents; deliveries stay counted
    without it.

    That the address is suppressed or unsubscribed is kept as a hash (`Suppression`).
    """
    subscriber = Subscriber.objects.with_email(person.email).first()
    if subscriber is not None:
        opt_in.erase(subscriber)
