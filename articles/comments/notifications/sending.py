"""The one way in which e-mails about comments are sent.

What is queued in tables is claimed before the mail server gets it, and its outcome recorded after it:
notifications in their own rows (`outbox`), daily e-mails to moderators in the follow (`moderator_digest`).
An e-mail about one comment is a job, which is retried if the server defers it (`commenter_emails`).
"""

from collections.abc import Callable
from datetime import datetime

from django.core.mail import EmailMessage
from django.utils import timezone

from articles.comments.notifications import emails, moderator_digest, outbox, smtp
from articles.comments.notifications.smtp import NotSent, Outcome


def send_due(now: datetime | None = None, *, enough: Callable[[], bool] = lambda: False) -> int:
    """Everything that is due at this moment; the number of e-mails sent.

    Args:
        enough: called before each e-mail; True ends the run, the rest stays queued.
    """
    now = now or timezone.now()
    return _send_notifications(now, enough) + send_digests(now, enough=enough)


def send_digests(now: datetime, *, enough: Callable[[], bool] = lambda: False) -> int:
    """The daily e-mails about pending comments."""
    sent = 0
    for follow in moderator_digest.due(now):
        if enough():
            break
        if message := moderator_digest.claim(follow, now):
            outcome = smtp.send(message, about=f"follower {follow.follower_id}")
            moderator_digest.record(follow, outcome, now)
            sent += outcome is Outcome.SENT
    return sent


def send_or_retry(message: EmailMessage, *, about: str) -> Outcome:
    """For jobs.

    Raises:
        NotSent: try again later.
    """
    outcome = smtp.send(message, about=about)
    if outcome is Outcome.DEFERRED:
        sentence = f"mail about {about}"
        raise NotSent(sentence)
    return outcome


def _send_notifications(now: datetime, enough: Callable[[], bool]) -> int:
    sent = 0
    for follower_id in outbox.followers_with_mail(now):
        while not enough() and (batch := outbox.claim(follower_id, now)):
            outcome = smtp.send(emails.notification(batch), about=f"follower {follower_id}")
            outbox.record(batch, outcome, now)
            sent += outcome is Outcome.SENT
            if outcome is Outcome.DEFERRED:
                break
    return sent
