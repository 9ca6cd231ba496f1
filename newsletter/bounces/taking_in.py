"""What is done about a message that came back: written down once, and acted on at once.

- A dead address is suppressed. One that does not take our mail again and again is, too.
- Whoever complains is unsubscribed and not written to again.
- Whoever mails a wish to leave has left.
- A notice that a mail is delayed, an automatic reply, a letter: nothing.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.db import transaction
from django.db.models.functions import TruncDate
from django.utils import timezone

from iria.kit import registry
from newsletter.bounces import return_path
from newsletter.bounces.matching import Match, matches
from newsletter.bounces.reading import Kind, Reason, Report, read
from newsletter.bounces.reading.reasons import MAIL_ADDRESS
from newsletter.consent import subscribing, suppressing
from newsletter.models import Bounce, Delivery, Subscriber, Suppression

SOFT_DAYS: Final = 5
SOFT_WITHIN: Final = timedelta(days=30)
"""Mail that did not arrive on so many days within this time will not arrive on the next one either."""
COUNTING: Final = (
    Reason.FULL,
    Reason.SUSPENDED,
    Reason.FILTERED,
    Reason.UNREACHABLE,
    Reason.UNSAID,
)
"""Reasons that lie with the address. Where we are blocked or too fast the fault is ours, and a provider's
bad day must not cost us all its readers."""


@dataclass(frozen=True, slots=True)
class Taken:
    """What a message said and what was done about it, in a word for each recipient."""

    report: Report
    done: tuple[str, ...]


def take_in(raw: bytes) -> Taken:
    """Reads a message and acts on it. The same message a second time changes nothing."""
    report = read(raw)
    key = hashlib.sha256(raw).hexdigest()
    if report.kind is Kind.NONE:
        return Taken(report, _leave_by_mail(report))
    if report.failures and all(failure.delayed for failure in report.failures):
        return Taken(report, ("delayed",))
    found = matches(report)
    done = [_settle(report, match, key, number) for number, match in enumerate(found)]
    return Taken(report, tuple(done))


def _leave_by_mail(report: Report) -> tuple[str, ...]:
    subscriber = return_path.leaver(report.envelopes, report.subject)
    if subscriber is None:
        return ()
    subscribing.leave(subscriber.token)
    return ("left",)


def _settle(report: Report, match: Match, key: str, number: int) -> str:
    with transaction.atomic():
        bounce, new = Bounce.objects.get_or_create(
            message_key=key, number=number, defaults=_written_down(report, match)
        )
        if not new:
            return "known"
        if report.kind is Kind.COMPLAINT:
            return _complained(report, match, bounce)
        return _bounced(match, bounce)


def _written_down(report: Report, match: Match) -> dict[str, object]:
    failure = match.failure
    hard = failure is not None and failure.is_hard
    kind = (
        Bounce.Kind.COMPLAINT
        if report.kind is Kind.COMPLAINT
        else (Bounce.Kind.HARD if hard else Bounce.Kind.SOFT)
    )
    words = failure.words if failure else report.feedback
    return {
        "kind": kind,
        "reason": failure.reason if failure else Reason.UNSAID,
        "status": failure.status[:12] if failure else "",
        "words": MAIL_ADDRESS.sub("…", words.replace("\x00", ""))[:500],
        "domain": match.domain,
        "matched_by": match.by,
        "delivery": match.delivery,
        "subscriber": match.subscriber,
    }


def _complained(report: Report, match: Match, bounce: Bounce) -> str:
    if not report.wants_no_more:
        return "noted"
    _mark(match.delivery, "complained", "Reported as unwanted")
    if match.subscriber is None:
        return "nobody"
    if report.feedback == "opt-out":
        subscribing.leave(match.subscriber.token)
        return "left"
    suppressing.suppress(
        match.subscriber,
        because="Reported our mail as unwanted",
        reason=Suppression.Reason.COMPLAINT,
        bounce=bounce,
    )
    return "unsubscribed"


def _bounced(match: Match, bounce: Bounce) -> str:
    said = f"{bounce.status} {bounce.words}".strip() or bounce.reason
    _mark(match.delivery, "bounced", f"{bounce.reason}: {said}")
    if bounce.kind == Bounce.Kind.HARD:
        _tell_others(match, said)
    if match.subscriber is None:
        return "nobody"
    if bounce.kind == Bounce.Kind.HARD:
        return _suppress(match.subscriber, bounce, Suppression.Reason.HARD, bounce.reason)
    if _days_of_trouble(match.subscriber) >= SOFT_DAYS:
        because = f"Did not arrive on {SOFT_DAYS} days within {SOFT_WITHIN.days}: {bounce.reason}"
        return _suppress(match.subscriber, bounce, Suppression.Reason.SOFT, because)
    return "counted"


def _tell_others(match: Match, said: str) -> None:
    """Whoever else writes to readers judges by themselves whether it was a mail of theirs."""
    address = match.subscriber.email if match.subscriber else ""
    address = address or (match.failure.address if match.failure else "")
    for name, told in registry.mail_came_back.items():
        if address and name != "newsletter":
            told(address, said)


def _suppress(subscriber: Subscriber, bounce: Bounce, reason: str, because: str) -> str:
    suppressing.suppress(subscriber, because=because, reason=reason, bounce=bounce)
    return "suppressed"


def _days_of_trouble(subscriber: Subscriber) -> int:
    """On how many days mail to them came back lately, since they were last released."""
    since = timezone.now() - SOFT_WITHIN
    released = (
        Suppression.objects.filter(subscriber=subscriber, released_at__gt=since)
        .order_by("-released_at")
        .values_list("released_at", flat=True)
        .first()
    )
    troubles = Bounce.objects.filter(
        subscriber=subscriber,
        kind=Bounce.Kind.SOFT,
        reason__in=COUNTING,
        read_at__gt=released or since,
    )
    return troubles.annotate(day=TruncDate("read_at")).values("day").distinct().order_by().count()


def _mark(delivery: Delivery | None, state: str, words: str) -> None:
    """Writes what became of a mail that had left."""
    if delivery is None:
        return
    left = [Delivery.State.SENT, Delivery.State.UNCERTAIN]
    Delivery.objects.filter(pk=delivery.pk, state__in=left).update(state=state, words=words[:500])
