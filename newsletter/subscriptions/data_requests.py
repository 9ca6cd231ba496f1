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
    """Has the link sent to the address; nothing happens where it was asked for again and again."""
    address = subscriber.email.lower()
    if count_and_allow(PURPOSE, address, limit=LINKS_A_DAY, per=timedelta(days=1)):
        transaction.on_commit(lambda: job_queue.enqueue_data_link(subscriber.pk))


def token_of(subscriber: Subscriber) -> str:
    # With the token to leave: the number of somebody erased must never open another's data.
    return make_token([subscriber.pk, subscriber.token], purpose=PURPOSE)


def subscriber_of(token: str) -> Subscriber:
    """Whose data a link shows.

    Raises:
        ExpiredToken, BrokenToken: from `iria.core.security.signed_tokens`, and where they were erased since.
    """
    number, own = read_token(token, purpose=PURPOSE, valid_for=WORKS_FOR)
    subscriber = Subscriber.objects.with_token(own).filter(pk=number).first()
    if subscriber is None:
        raise BrokenToken
    return subscriber


def erase(token: str, *, barred: bool) -> Subscriber:
    """Erases whom the link is about; barred, a hash remembers not to write to the address again.

    Else nothing of it is kept, as the page says, not even that they had left.

    Raises:
        ExpiredToken, BrokenToken: as `subscriber_of`.
    """
    subscriber = subscriber_of(token)
    opt_in.erase(subscriber, suppression_reason=ASKED if barred else "", keep_hash=False)
    return subscriber


def erase_account(who: Person, keep_words: bool) -> None:
    """Erases the address of an account that goes, its choices and consents; mails stay counted, without it.

    That one must not be written to again, or had left, is known without it: as a hash (`Suppression`).
    """
    subscriber = Subscriber.objects.with_email(who.email).first()
    if subscriber is not None:
        opt_in.erase(subscriber)
