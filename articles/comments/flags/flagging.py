"""Reporting a comment, and closing reports when a moderator has decided."""

from datetime import UTC, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import Count, Q
from django.utils import timezone
from django.utils.translation import gettext

from accounts.models import User
from articles.comments.flags.models import Flag
from articles.comments.models import Comment, ModerationDecision
from articles.comments.screening import pipeline
from articles.comments.screening.pipeline import Event
from iria.core.http.rate_limit import count_and_allow, one_sender
from iria.core.mail import to_ascii
from iria.core.security import encryption
from iria.core.security.daily_key import daily_hash
from iria.core.text.validators import one_line

PER_ADDRESS: Final = (10, timedelta(minutes=10))
LEAST_WEIGHT: Final = 0.1
KEPT_AFTER_DECISION: Final = timedelta(days=7)


class FlagError(Exception):
    """The report was not taken; each sentence is for its sender, under the field it is about."""

    def __init__(self, sentences: dict[str, str], *, busy: bool = False) -> None:
        super().__init__(" ".join(sentences.values()))
        self.sentences = sentences
        self.busy = busy


def report(
    comment: Comment,
    *,
    reason: str,
    text: str = "",
    email: str = "",
    by: User | None = None,
    address: str = "",
) -> Flag:
    """Saves a reader's report; enough of them make the comment pending.

    The same sender's second report of a comment is the first one, as it was.

    Args:
        address: where it came from; it is counted and hashed, never kept.

    Raises:
        Refused
    """
    flag = Flag(
        comment=comment,
        reason=reason,
        text=one_line(text),
        email="" if by else to_ascii(email),
        user=by,
        sender_hash=_sender(comment, by, address),
    )
    _validate(flag)
    flag.reporter_hash = (
        encryption.keyed_hash(flag.email.lower(), purpose="reporter") if flag.email else ""
    )
    flag.daily_hash = daily_hash("reporter", one_sender(address)) if address and by is None else ""
    flag.weight = _weight(flag)
    _limit_rate(address)
    with transaction.atomic():
        current = Comment.objects.select_for_update().filter(pk=comment.pk).first()
        if current is None or current.state != Comment.State.APPROVED:
            raise FlagError({"form": gettext("This comment is no longer published.")})
        waiting = Flag.objects.pending().filter(comment=current, sender_hash=flag.sender_hash)
        first = waiting.exclude(sender_hash="").first()
        if first is not None:
            return first
        flag.save()
        pipeline.apply(current, pipeline.decide(current, Event.REPORTED))
    return flag


def close(comment: Comment, row: ModerationDecision) -> list[Flag]:
    """Within the transaction of a decision: the waiting reports are answered by it.

    What is approved again was rightly there; what is rejected or set aside was rightly reported.
    """
    if row.decision not in {Comment.State.APPROVED, Comment.State.REJECTED, Comment.State.SPAM}:
        return []
    kept = row.decision == Comment.State.APPROVED
    waiting = list(comment.flags.pending().select_for_update())
    for flag in waiting:
        flag.outcome = Flag.Outcome.DISMISSED if kept else Flag.Outcome.UPHELD
        flag.decided_at, flag.decision = timezone.now(), row
    Flag.objects.bulk_update(waiting, ["outcome", "decided_at", "decision"])
    return waiting


def open_again(row: ModerationDecision) -> None:
    """Within the transaction in which a decision is undone: the reports it answered wait again.

    All but those whose sender reported the comment once more meanwhile.
    """
    waiting = Flag.objects.pending().filter(comment=row.comment_id).exclude(sender_hash="")
    answered = Flag.objects.filter(decision=row).exclude(
        sender_hash__in=waiting.values("sender_hash")
    )
    answered.update(outcome=Flag.Outcome.PENDING, decided_at=None, decision=None)


def close_without_decision(comment: Comment) -> None:
    """Within the transaction in which its commenter takes a comment back: nothing is left to decide."""
    comment.flags.pending().update(
        outcome=Flag.Outcome.DELETED, decided_at=timezone.now(), sender_hash="", email=""
    )


def erase_emails() -> int:
    """Addresses whose mail was not to be delivered within a week of the decision; how many.

    What tells a sender's reports of one comment apart is of no use either once it is decided.
    """
    Flag.objects.exclude(outcome="").exclude(sender_hash="").update(sender_hash="")
    begun = timezone.now().astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    Flag.objects.exclude(daily_hash="").exclude(created_at__gte=begun).update(daily_hash="")
    old = Flag.objects.filter(decided_at__lt=timezone.now() - KEPT_AFTER_DECISION)
    return old.exclude(email="").update(email="")


def _sender(comment: Comment, by: User | None, address: str) -> str:
    """Tells senders apart for this one comment; of no use for any other.

    An address is known for a day, because its key is destroyed then: who reports again from
    the same one on the next day counts once more.
    """
    if by is not None:
        return encryption.keyed_hash(f"account {by.pk}", purpose=f"flag {comment.pk}")
    return daily_hash(f"flag {comment.pk}", one_sender(address)) if address else ""


def _weight(flag: Flag) -> float:
    """The least that is known of its sender: by account, by the address they left, by where they sit today.

    A new address for every report helps nobody: what was dismissed on the same day counts all the same.
    """
    known = [
        Q(user=flag.user) if flag.user else None,
        Q(reporter_hash=flag.reporter_hash) if flag.reporter_hash else None,
        Q(daily_hash=flag.daily_hash) if flag.daily_hash else None,
    ]
    return min((_earned(who) for who in known if who is not None), default=1.0)


def _earned(who: Q) -> float:
    """Upheld reports over all decided ones, both plus one; a newcomer counts whole."""
    decided = [Flag.Outcome.UPHELD, Flag.Outcome.DISMISSED]
    theirs = Flag.objects.filter(who, outcome__in=decided)
    counted = theirs.aggregate(all=Count("pk"), upheld=Count("pk", filter=Q(outcome="upheld")))
    return max(LEAST_WEIGHT, float((counted["upheld"] + 1) / (counted["all"] + 1)))


def _limit_rate(address: str) -> None:
    limit, per = PER_ADDRESS
    if address and not count_and_allow("reports from", address, limit=limit, per=per):
        sentence = gettext("Too many reports. Try again in ten minutes.")
        raise FlagError({"form": sentence}, busy=True)


def _validate(flag: Flag) -> None:
    try:
        flag.clean_fields(exclude=["comment", "user", "sender_hash"])
    except ValidationError as mistake:
        own = {
            "reason": gettext("Choose a reason."),
            "email": gettext("Enter a valid e-mail address, or leave the field empty."),
            "text": gettext("Too long. Shorten it to at most 500 characters."),
        }
        found = mistake.message_dict
        raise FlagError({field: own.get(field, found[field][0]) for field in found}) from mistake
