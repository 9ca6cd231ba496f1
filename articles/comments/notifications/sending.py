"""Hands the mails that are due to the mail server."""

import logging
from collections.abc import Callable
from datetime import datetime

from django.utils import timezone

from articles.comments.notifications import emails, outbox, smtp
from articles.comments.notifications.models import Notice
from articles.comments.notifications.smtp import Outcome

log = logging.getLogger(__name__)

STATES = {
    Outcome.SENT: Notice.State.SENT,
    Outcome.UNCERTAIN: Notice.State.UNCERTAIN,
    Outcome.REFUSED: Notice.State.DROPPED,
}


def send_due(now: datetime | None = None, *, enough: Callable[[], bool] = lambda: False) -> int:
    """Everything that can be told at this moment; how many mails were handed over.

    Args:
        enough: asked before each mail; True ends the round, the rest waits in the table.
    """
    now = now or timezone.now()
    sent = 0
    for follower_id in outbox.followers_with_mail(now):
        while not enough() and (batch := outbox.claim(follower_id, now)):
            outcome = _hand_over(batch)
            if outcome is Outcome.DEFERRED:
                outbox.put_back(batch, now)
                break
            outbox.record_result(batch, STATES[outcome], now)
            sent += outcome is Outcome.SENT
    return sent


def _hand_over(batch: outbox.Batch) -> Outcome:
    message = emails.told(batch)
    return smtp.send(message, about=f"follower {batch.follower.pk}")
