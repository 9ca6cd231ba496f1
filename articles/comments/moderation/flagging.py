"""Reporting a comment, and closing reports when a moderator has decided."""

from datetime import UTC, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from articles.comments.models import Comment, ModerationDecision
from articles.comments.moderation.models import Flag
from articles.comments.screening import pipeline
from articles.comments.screening.pipeline import Event
from iria.core import security
from iria.core.jobs import job
from iria.core.mail import to_ascii
from iria.core.security import count_and_allow, daily_hash, one_sender
from iria.core.text.validators import one_line

PER_IP_ADDRESS: Final = (10, timedelta(minutes=10))
MIN_WEIGHT: Final = 0.1
EMAIL_RETENTION: Final = timedelta(days=7)


class FlagError(Exception):
    """The report was not accepted. `messages` has a message to the sender for each field."""

    def __init__(self, messages: dict[str, str], *, busy: bool = False) -> None:
        super().__init__(" ".join(messages.values()))
        self.messages = messages
        self.busy = busy


def save_report(
    comment: Comment,
    *,
    reason: str,
    text: str = "",
    email: str = "",
    by: User | None = None,
    ip_address: str = "",
) -> Flag:
    """Saves a reader's report; enough of them make the comment pending.

    A second report by the same sender changes nothing and returns the first one.

    Args:
        ip_address: of the sender, for rate limits and hashes; it is not stored.

    Raises:
        FlagError
    """
    flag = Flag(
        comment=comment,
        reason=reason,
        text=one_line(text),
        email="" if by else to_ascii(email),
        user=by,
        sender_hash=_sender_hash(comment, by, ip_address),
    )
    _validate(flag)
    if flag.email:
        flag.reporter_hash = security.keyed_hash(flag.email.lower(), purpose="reporter")
    if ip_address and by is None:
        flag.daily_hash = daily_hash("reporter", one_sender(ip_address))
    flag.weight = _weight(flag)
    _limit_rate(ip_address)
    return _saved(flag)


@transaction.atomic
def _saved(flag: Flag) -> Flag:
    """The report, or the first one of its sender."""
    current = Comment.objects.select_for_update().filter(pk=flag.comment_id).first()
    if current is None or current.state != Comment.State.APPROVED:
        raise FlagError({"form": gettext("This comment is no longer published.")})
    pending = Flag.objects.pending().filter(comment=current, sender_hash=flag.sender_hash)
    first = pending.exclude(sender_hash="").first()
    if first is not None:
        return first
    flag.save()
    pipeline.apply(current, pipeline.decide(current, Event.REPORTED))
    return flag


def close(comment: Comment, row: ModerationDecision) -> list[Flag]:
    """Closes the pending reports with a decision; called in the transaction of the decision.

    An approval dismisses them; a rejection upholds them.
    """
    if row.decision not in {Comment.State.APPROVED, Comment.State.REJECTED, Comment.State.SPAM}:
        return []
    approved = row.decision == Comment.State.APPROVED
    flags = list(comment.flags.pending().select_for_update())
    for flag in flags:
        flag.outcome = Flag.Outcome.DISMISSED if approved else Flag.Outcome.UPHELD
        flag.decided_at, flag.decision = timezone.now(), row
    Flag.objects.bulk_update(flags, ["outcome", "decided_at", "decision"])
    return flags


def reopen(row: ModerationDecision) -> None:
    """Reopens the reports that a decision closed; called in the transaction that undoes it.

    Reports whose sender has reported the comment again since then stay closed.
    """
    pending = Flag.objects.pending().filter(comment=row.comment_id).exclude(sender_hash="")
    closed = Flag.objects.filter(decision=row).exclude(
        sender_hash__in=pending.values("sender_hash")
    )
    closed.update(outcome=Flag.Outcome.PENDING, decided_at=None, decision=None)


def close_without_decision(comment: Comment) -> None:
    """Closes the reports; called in the transaction in which the commenter deletes the comment."""
    comment.flags.pending().update(
        outcome=Flag.Outcome.DELETED, decided_at=timezone.now(), sender_hash="", email=""
    )


@job("comments.forget", cron="31 4 * * *")
def erase_emails() -> int:
    """Erases e-mail addresses a week after the decision, even if the e-mail was not sent; returns how many.

    Also erases the hashes that are not needed any more.
    """
    Flag.objects.exclude(outcome="").exclude(sender_hash="").update(sender_hash="")
    midnight = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    Flag.objects.exclude(daily_hash="").exclude(created_at__gte=midnight).update(daily_hash="")
    old = Flag.objects.filter(decided_at__lt=timezone.now() - EMAIL_RETENTION)
    return old.exclude(email="").update(email="")


def _sender_hash(comment: Comment, by: User | None, ip_address: str) -> str:
    """Returns a hash that identifies the sender among the reports of this comment only.

    For an IP address it changes every day, because the key is destroyed: a second report from the
    same address on the next day counts again.
    """
    if by is not None:
        return security.keyed_hash(f"account {by.pk}", purpose=f"flag {comment.pk}")
    return daily_hash(f"flag {comment.pk}", one_sender(ip_address)) if ip_address else ""


def _weight(flag: Flag) -> float:
    """Returns the lowest weight of the sender by account, e-mail address and IP address of today.

    So a new e-mail address for every report does not help: the dismissed ones of the day still count.
    """
    identities = [
        Q(user=flag.user) if flag.user else None,
        Q(reporter_hash=flag.reporter_hash) if flag.reporter_hash else None,
        Q(daily_hash=flag.daily_hash) if flag.daily_hash else None,
    ]
    return min(
        (_weight_of(identity) for identity in identities if identity is not None), default=1.0
    )


def _weight_of(identity: Q) -> float:
    """Upheld reports over all decided ones, both plus one; 1 without earlier reports."""
    outcomes = [Flag.Outcome.UPHELD, Flag.Outcome.DISMISSED]
    decided = Flag.objects.filter(identity, outcome__in=outcomes)
    counts = decided.aggregate(all=Count("pk"), upheld=Count("pk", filter=Q(outcome="upheld")))
    return max(MIN_WEIGHT, float((counts["upheld"] + 1) / (counts["all"] + 1)))


def _limit_rate(ip_address: str) -> None:
    limit, per = PER_IP_ADDRESS
    if ip_address and not count_and_allow("reports from", ip_address, limit=limit, per=per):
        message = gettext("Too many reports. Try again in ten minutes.")
        raise FlagError({"form": message}, busy=True)


def _validate(flag: Flag) -> None:
    try:
        flag.clean_fields(exclude=["comment", "user", "sender_hash"])
    except ValidationError as error:
        messages = {
            "reason": gettext("Choose a reason."),
            "email": gettext("Enter a valid e-mail address, or leave the field empty."),
            "text": gettext("Too long. Shorten it to at most 500 characters."),
        }
        errors = error.message_dict
        raise FlagError(
            {field: messages.get(field, errors[field][0]) for field in errors}
        ) from error
