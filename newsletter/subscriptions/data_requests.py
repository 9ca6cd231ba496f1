"""Subscribers view and erase their data.

E-mails may be forwarded with their links, so the preferences page hides the address. The data has a link of its own, which is valid for
one day and sent to the address.
"""

from datetime import timedelta
from typing import Final

from django.db import transaction

from iria.core.hooks import Person
from iria.core.http.rate_limit import count_and_allow
from iria.core.security.signed_tokens import BrokenToken, make_token, read_token
from newsletter import job_queue
from newsletter.models import Subscriber
from newsletter.subscriptions import opt_in

WORKS_FOR: Final = timedelta(days=1)
PURPOSE: Final = "newsletter.data"
LINKS_A_DAY: Final = 3
ASKED: Final = "Requested when their data was erased"


def ask(subscriber: Subscriber) -> None:
    """Enqueues the e-mail with the link; ignored if it was requested too often."""
    email = subscriber.email.lower()
    if count_and_allow(PURPOSE, email, limit=LINKS_A_DAY, per=timedelta(days=1)):
        transaction.on_commit(lambda: job_queue.enqueue_data_link(subscriber.pk))


def token_of(subscriber: Subscriber) -> str:
    # Includes the subscriber's token: a reused ID must never open another person's data.
    return make_token([subscriber.pk, subscriber.token], purpose=PURPOSE)


def subscriber_of(token: str) -> Subscriber:
    """Returns the subscriber of a data link.

    Raises:
        ExpiredToken, BrokenToken: from `iria.core.security.signed_tokens`, or because they were
            erased since.
    """
    subscriber_id, subscriber_token = read_token(token, purpose=PURPOSE, valid_for=WORKS_FOR)
    subscriber = Subscriber.objects.with_token(subscriber_token).filter(pk=subscriber_id).first()
    if subscriber is None:
        raise BrokenToken
    return subscriber


def erase(token: str, *, barred: bool) -> Subscriber:
    """Erases the subscriber of a data link; `barred` keeps a hash so that the address stays
    suppressed.

    Otherwise nothing is kept, as the page says, not even that they had unsubscribed.

    Raises:
        ExpiredToken, BrokenToken: as `subscriber_of`.
    """
    subscriber = subscriber_of(token)
    opt_in.erase(subscriber, suppression_reason=ASKED if barred else "", keep_hash=False)
    return subscriber


def erase_account(person: Person, keep_words: bool) -> None:
    """Erases the address of a deleted account, its choices and consents; deliveries stay counted
    without it.

    That the address is suppressed or unsubscribed is kept as a hash (`Suppression`).
    """
    subscriber = Subscriber.objects.with_email(person.email).first()
    if subscriber is not None:
        opt_in.erase(subscriber)
