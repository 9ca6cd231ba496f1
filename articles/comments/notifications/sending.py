"""Sends all e-mails about comments, and makes the daily e-mail to moderators.

Queued e-mails are claimed before they are sent, and their outcome is recorded afterwards: notifications
in their rows (`outbox`), daily e-mails to moderators in the follow. An e-mail about one comment is a job,
which is retried if the mail server defers it (`commenter_emails`).
"""

from collections.abc import Callable
from datetime import date, datetime

from django.core.mail import EmailMessage
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext, ngettext

from articles.comments.models import Comment
from articles.comments.moderation.dashboard import pending_items
from articles.comments.notifications import emails, outbox, smtp
from articles.comments.notifications.follows import is_time
from articles.comments.notifications.models import Follow
from articles.comments.notifications.smtp import NotSent, Outcome
from iria.core.hooks import DashboardItem
from iria.core.http.urls import absolute_url
from iria.core.mail import ListEmail
from iria.core.text.dates import day_words
from iria.core.text.language import use_language
from iria.publication.mail import Button, EmailContent, Paragraph, mail
from iria.publication.models import Publication, current_publication


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
    for follow in due_digests(now):
        if should_stop():
            break
        if message := claim_digest(follow, now):
            outcome = smtp.send(message, about=f"follower {follow.follower_id}")
            record(follow, outcome, now)
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


def due_digests(now: datetime) -> list[Follow]:
    """Returns the follows of pending comments whose e-mail of today is due."""
    if not is_time(now):
        return []
    follows = Follow.objects.active().with_details().filter(kind=Follow.Kind.QUEUE)
    reachable = follows.filter(follower__suppressed_at__isnull=True, follower__user__is_active=True)
    return list(reachable.filter(_before(_today(now))))


def claim_digest(follow: Follow, now: datetime) -> ListEmail | None:
    """Claims the e-mail of today; returns None if another worker has claimed it or nothing is pending."""
    today = _today(now)
    claimed = Follow.objects.filter(_before(today), pk=follow.pk).update(last_sent_on=today)
    items = pending_items(follow.follower.user) if claimed else []
    return _mail(follow, items, current_publication()) if items else None


def record(follow: Follow, outcome: Outcome, now: datetime) -> None:
    """Releases the claim if the e-mail was deferred, so that it is sent later."""
    if outcome is Outcome.DEFERRED:
        claimed = Follow.objects.filter(pk=follow.pk, last_sent_on=_today(now))
        claimed.update(last_sent_on=follow.last_sent_on)


def _today(now: datetime) -> date:
    return current_publication().local_date(now)


def _before(today: date) -> Q:
    return Q(last_sent_on__isnull=True) | Q(last_sent_on__lt=today)


def _mail(follow: Follow, items: list[DashboardItem], publication: Publication) -> ListEmail:
    count = sum(each.count for each in items)
    with use_language(publication.language_codes[0]):
        subject = ngettext("%(count)d pending comment", "%(count)d pending comments", count)
        content = EmailContent(
            subject=f"{subject % {'count': count}} – {publication.name}",
            blocks=(
                *[Paragraph(f"{each.label}.") for each in items],
                *_oldest(publication),
                Button(gettext("Open the admin"), absolute_url(items[0].url)),
            ),
            reason=emails.reason(follow, publication),
            links=emails.footer_links(follow, follow.follower),
        )
        headers = emails.headers(follow, "moderators", publication)
        return mail(content, publication, to=follow.follower.recipient, headers=headers)


def _oldest(publication: Publication) -> list[Paragraph]:
    times = Comment.objects.pending().order_by("created_at").values_list("created_at", flat=True)
    oldest = times.first()
    if oldest is None:
        return []
    since = gettext("Oldest since %(day)s.")
    return [Paragraph(since % {"day": day_words(publication.local_date(oldest))})]
