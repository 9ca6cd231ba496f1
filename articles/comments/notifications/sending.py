"""Sends all e-mails about comments.

Queued e-mails are claimed before they are sent, and their outcome is recorded afterwards: notifications
in their rows (`outbox`), daily e-mails to moderators in the follow (`moderator_digest`). An e-mail about
one comment is a job, which is retried if the mail server defers it (`commenter_emails`).
"""

from collections.abc import Callable
from datetime import datetime

from django.core.mail import EmailMessage
from django.utils import timezone

from articles.comments.notifications import emails, moderator_digest, outbox, smtp
from articles.comments.notifications.smtp import NotSent, Outcome


def send_due(
    now: datetime | None = None, *, should_stop: Callable[[], bool] = lambda: False
) -> int:
    """Sends the e-mails that are due; returns the number of e-mails sent.

    Args:
        should_stop: called before each e-mail; if it returns True, the rest stays queued.
    """
    now = now or timezone.now()
    return _send_notifications(now, should_stop) + send_digests(now, should_stop=should_stop)


def send_digests(now: datetime, *, should_stop: Callable[[], bool] = lambda: False) -> int:
    """Sends the daily e-mails about pending comments; returns the number of e-mails sent."""
    sent = 0
    for follow in moderator_digest.due(now):
        if should_stop():
            break
        if message := moderator_digest.claim(follow, now):
            outcome = smtp.send(message, about=f"follower {follow.follower_id}")
            moderator_digest.record(follow, outcome, now)
            sent += outcome is Outcome.SENT
    return sent


def send_or_retry(message: EmailMessage, *, about: str) -> Outcome:
    """Sends an e-mail from a job.

    Raises:
        NotSent: try again later.
    """
    outcome = smtp.send(message, about=about)
    if outcome is Outcome.DEFERRED:
        error = f"mail about {about}"
        raise NotSent(error)
    return outcome


def _send_notifications(now: datetime, should_stop: Callable[[], bool]) -> int:
    sent = 0
    for follower_id in outbox.followers_with_mail(now):
        while not should_stop() and (batch := outbox.claim(follower_id, now)):
            outcome = smtp.send(emails.notification(batch), about=f"follower {follower_id}")
            outbox.record(batch, outcome, now)
            sent += outcome is Outcome.SENT
            if outcome is Outcome.DEFERRED:
                break
    return sent
