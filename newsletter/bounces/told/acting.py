"""Acts on what a provider told, by the verbs by which mails that come back are acted on."""

import logging
from datetime import datetime
from typing import Any, Final

from django.db import DataError, transaction
from django.db.models import F
from django.utils import timezone

from newsletter.bounces.matching import Match, matches
from newsletter.bounces.reading import Kind
from newsletter.bounces.taking_in import act_on
from newsletter.bounces.told import replays
from newsletter.bounces.told.news import news_of
from newsletter.bounces.told.providers import Provider
from newsletter.consent import subscribing
from newsletter.models import Delivery, MailboxReading

log = logging.getLogger(__name__)

MISTAKES: Final = (ArithmeticError, AttributeError, DataError, LookupError, TypeError, ValueError)
"""What a piece of news that makes no sense leads to."""


class InHand(Exception):
    """The mail is being handed over at this moment; what became of it is not written down yet."""


def act(provider: Provider, events: list[Any]) -> bool:
    """Takes each piece of news for itself: one that makes no sense does not cost the others.

    Returns:
        Whether all of it was taken; else some came too early and is to be told once more.

    Raises:
        DatabaseError: the database is out of reach; the provider will tell it again, and what was done stays done.
    """
    too_early = 0
    for event in events:
        try:
            _take(provider, event)
        except InHand:
            too_early += 1
        except MISTAKES as mistake:
            log.warning("a piece of news of %s: %s", provider.name, type(mistake).__name__)
    _note(provider, len(events))
    return not too_early


def _take(provider: Provider, event: Any) -> None:
    news = news_of(provider, event)
    if news is None:
        return
    found = matches(news.report)
    if news.report.kind is not Kind.NONE:
        if any(each.delivery and each.delivery.state == Delivery.State.SENDING for each in found):
            raise InHand
        act_on(news.report, found, key=news.key)
    if not news.leaves:
        return
    with transaction.atomic():
        # Without a time it cannot be seen whether they have come back since.
        if news.report.happened_at is None and not replays.is_first(news.key):
            return
        for match in found:
            _leave(match, news.report.happened_at)


def _leave(match: Match, at: datetime | None) -> None:
    """The same leaving as by the link in every mail."""
    subscriber = match.subscriber
    if subscriber is None:
        return
    if at and subscriber.confirmed_at and at < subscriber.confirmed_at:
        # Told late, or once more: they have come back since.
        return
    subscribing.leave(subscriber.token)


def _note(provider: Provider, count: int) -> None:
    """When the provider spoke last, beside the mailboxes that are read."""
    now = timezone.now()
    reading, _ = MailboxReading.objects.get_or_create(
        mailbox=provider.name, defaults={"tried_at": now, "read_at": now}
    )
    MailboxReading.objects.filter(pk=reading.pk).update(
        tried_at=now, read_at=now, messages=F("messages") + count
    )


def has_spoken(provider: Provider) -> bool:
    """Whether the provider has ever told us anything."""
    return MailboxReading.objects.filter(mailbox=provider.name).exists()
