"""Sends all e-mails about comments, and makes the daily e-mail to moderators.

Queued e-mails are claimed before they are sent, and their outcome is recorded afterwards: notifications
in their rows (`outbox`), daily e-mails to moderators in the follow. An e-mail about one comment (to
confirm, pending, decided, report decided, follow) is a job, which is retried if the mail server defers it.
"""

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Any, Final

from django.conf import settings
from django.core.mail import EmailMessage
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from procrastinate import RetryStrategy

from accounts.models import User
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation.models import Flag
from articles.comments.moderation.queues import pending_items
from articles.comments.notifications import emails, outbox
from articles.comments.notifications.follows import is_digest_time, requested_with
from articles.comments.notifications.models import Follow
from articles.comments.notifications.outbox import NotSent, Outcome
from articles.comments.submission import links, posting
from iria.core.hooks import DashboardItem
from iria.core.http.urls import absolute_url
from iria.core.jobs import enqueue, job
from iria.core.mail import ListEmail
from iria.core.security import count_and_allow
from iria.core.text.dates import day_words
from iria.core.text.language import use_language
from iria.publication.mail import compose
from iria.publication.models import Publication, current_publication

RETRY: Final = RetryStrategy(max_attempts=6, exponential_wait=8, retry_exceptions={NotSent})


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
            outcome = outbox.send_email(message, about=f"follower {follow.follower_id}")
            record(follow, outcome, now)
            sent += outcome is Outcome.SENT
    return sent


def send_or_retry(message: EmailMessage, *, about: str) -> Outcome:
    """Sends an e-mail from a job.

    Raises:
        NotSent: try again later.
    """
    outcome = outbox.send_email(message, about=about)
    if outcome is Outcome.DEFERRED:
        raise NotSent(f"mail about {about}")
    return outcome


def _send_notifications(now: datetime, should_stop: Callable[[], bool]) -> int:
    sent = 0
    for follower_id in outbox.followers_with_due_mail(now):
        while not should_stop() and (batch := outbox.claim(follower_id, now)):
            outcome = outbox.send_email(emails.notification(batch), about=f"follower {follower_id}")
            outbox.record(batch, outcome, now)
            sent += outcome is Outcome.SENT
            if outcome is Outcome.DEFERRED:
                break
    return sent


def due_digests(now: datetime) -> list[Follow]:
    """Returns the follows of pending comments whose e-mail of today is due."""
    if not is_digest_time(now):
        return []
    follows = Follow.objects.active().with_details().filter(kind=Follow.Kind.QUEUE)
    reachable = follows.filter(follower__suppressed_at__isnull=True, follower__user__is_active=True)
    return list(reachable.filter(_not_sent_on(_today(now))))


def claim_digest(follow: Follow, now: datetime) -> ListEmail | None:
    """Claims the e-mail of today; returns None if another worker has claimed it or nothing is pending."""
    today = _today(now)
    claimed = Follow.objects.filter(_not_sent_on(today), pk=follow.pk).update(last_sent_on=today)
    items = pending_items(follow.follower.user) if claimed else []
    return _mail(follow, items, current_publication()) if items else None


def record(follow: Follow, outcome: Outcome, now: datetime) -> None:
    """Releases the claim if the e-mail was deferred, so that it is sent later."""
    if outcome is Outcome.DEFERRED:
        claimed = Follow.objects.filter(pk=follow.pk, last_sent_on=_today(now))
        claimed.update(last_sent_on=follow.last_sent_on)


def _today(now: datetime) -> date:
    return current_publication().local_date(now)


def _not_sent_on(today: date) -> Q:
    return Q(last_sent_on__isnull=True) | Q(last_sent_on__lt=today)


def _mail(follow: Follow, items: list[DashboardItem], publication: Publication) -> ListEmail:
    times = Comment.objects.pending().order_by("created_at").values_list("created_at", flat=True)
    oldest = times.first()
    with use_language(publication.language_codes[0]):
        about = emails.footer([follow])
        return compose(
            "articles/comments/mail/pending",
            follow.follower.recipient,
            {
                **about,
                "count": sum(each.count for each in items),
                "items": items,
                "day_of_oldest": day_words(publication.local_date(oldest)) if oldest else "",
                "admin_url": absolute_url(items[0].url),
            },
            headers=emails.headers("moderators", about["unfollow_url"]),
        )


DAILY_LIMIT: Final = (12, timedelta(days=1))
CONFIRMATION_DAILY_LIMIT: Final = (12, timedelta(days=1))
"""Counted apart, because a comment without a confirmation e-mail would be lost."""

UNDELIVERABLE: Final = "E-mail address not confirmed: e-mail to it cannot be delivered."
UNCERTAIN: Final = "E-mail address not confirmed: the confirmation e-mail may not have arrived."
TOO_MANY_CONFIRMATIONS: Final = (
    "E-mail address not confirmed: too many confirmation e-mails were sent to it today."
)


@job("comments.received", retry=RETRY)
def send_received(comment_id: int) -> None:
    """Notifies the commenter that the comment is pending, if it still is.

    The number per day is limited, because anybody may have entered the address.
    """
    comment = Comment.objects.select_related("article", "user").filter(pk=comment_id).first()
    if comment is None:
        return
    follow = requested_with(comment).with_details().first()
    if comment.state != Comment.State.PENDING:
        if follow:
            enqueue("comments.ask", follow_id=follow.pk)
    elif may_send(_email_of(comment)):
        _send(comment, "received", follow_url=emails.confirm_url(follow) if follow else "")


@job("comments.confirm", retry=RETRY)
def send_confirm(comment_id: int) -> None:
    """Asks a guest to confirm the e-mail address, if it is not confirmed yet.

    If the e-mail cannot be sent, the comment becomes pending without a confirmation.
    """
    comment = Comment.objects.select_related("article", "user").filter(pk=comment_id).first()
    if comment is None or comment.state != Comment.State.UNCONFIRMED:
        return
    if not may_send_confirmation(comment.email):
        posting.moderate_without_confirmation(comment, TOO_MANY_CONFIRMATIONS)
        return
    path = reverse("comment_confirm", args=[links.link_to_confirm(comment)])
    outcome = _send(comment, "confirm", confirm=settings.SITE_URL + path)
    if outcome is Outcome.SENT:
        Comment.objects.filter(pk=comment.pk).update(confirmation_sent_at=timezone.now())
    else:
        reason = UNDELIVERABLE if outcome is Outcome.REFUSED else UNCERTAIN
        posting.moderate_without_confirmation(comment, reason)


@job("comments.decided", retry=RETRY)
def send_decided(moderation_id: int) -> None:
    """Notifies the commenter of a decision, unless it was undone or followed by another one.

    Moderators get no e-mail about their own decisions.
    """
    decision = (
        ModerationDecision.objects.select_related("comment__article", "comment__user", "created_by")
        .filter(pk=moderation_id, undone_by=None)
        .first()
    )
    if decision is None or decision.comment.state != decision.decision:
        return
    if _is_own(_email_of(decision.comment), decision.created_by):
        return
    if decision.decision == Comment.State.APPROVED:
        _send(decision.comment, "approved")
    else:
        reason = decision.reason if decision.commenter_notified else ""
        _send(decision.comment, "rejected", reason=reason)


@job("comments.flag_decided", retry=RETRY)
def send_flag_decided(flag_id: int) -> None:
    """Notifies the reader who reported a comment and gave an e-mail address."""
    flag = (
        Flag.objects.select_related("comment__article", "user", "decision__created_by")
        .filter(outcome__in=[Flag.Outcome.UPHELD, Flag.Outcome.DISMISSED])
        .filter(pk=flag_id)
        .first()
    )
    email = flag and (flag.user.email if flag.user else flag.email)
    if not flag or not email:
        return
    if not _is_own(email, flag.decision.created_by if flag.decision else None):
        if not may_send(email):
            return  # Anybody may have entered this address.
        upheld = flag.outcome == Flag.Outcome.UPHELD
        _send(flag.comment, "flag_decided", to=email, upheld=upheld)
    if not flag.user_id:
        # The address was stored for this one e-mail.
        Flag.objects.filter(pk=flag.pk).update(email="")


@job("comments.ask", retry=RETRY)
def send_follow_confirmation(follow_id: int) -> None:
    """Asks to confirm a follow, or says that it is active already, unless it has ended.

    Raises:
        NotSent: try again later.
    """
    follow = Follow.objects.with_details().filter(pk=follow_id, unfollowed_at__isnull=True).first()
    if follow is None or not may_send(follow.follower.recipient):
        return
    # Also sent to an address that bounced: its owner can confirm that it works again.
    send_or_retry(emails.about_follow(follow), about=f"follow {follow.pk}")


def _is_own(email: str, decided_by: User | None) -> bool:
    """Whether the e-mail would go to the person who decided."""
    return decided_by is not None and email.lower() == decided_by.email.lower()


def _email_of(comment: Comment) -> str:
    return comment.user.email if comment.user else comment.email


def _send(comment: Comment, template: str, *, to: str = "", **context: Any) -> Outcome:
    """Sends an e-mail in the language of the article.

    Raises:
        NotSent: try again later.
    """
    recipient = to or _email_of(comment)
    if not recipient:
        return Outcome.REFUSED
    context |= {
        "comment": comment,
        "headline": comment.article.headline,
        "on_the_page": absolute_url(comment.get_absolute_url()),
        "yours": absolute_url(reverse("comment_status", args=[links.link_to(comment)])),
    }
    publication = current_publication()
    with use_language(publication.language_codes[0]), use_language(comment.article.language):
        message = compose(f"articles/comments/mail/{template}", recipient, context)
    return send_or_retry(message, about=f"comment {comment.pk}")


def may_send(email: str) -> bool:
    """Counts an e-mail to an address; returns False once the daily limit is reached."""
    limit, per = DAILY_LIMIT
    return count_and_allow("mails about comments", email.lower(), limit=limit, per=per)


def may_send_confirmation(email: str) -> bool:
    """Counts a confirmation e-mail to an address; returns False once their daily limit is reached."""
    limit, per = CONFIRMATION_DAILY_LIMIT
    return count_and_allow("mails to confirm", email.lower(), limit=limit, per=per)
