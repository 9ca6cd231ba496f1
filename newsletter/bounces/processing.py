"""Processes bounces and complaints, whether they arrive by e-mail, by webhook or as an SMTP response.

- A hard bounce suppresses the address; so do soft bounces on several days.
- A complaint unsubscribes and suppresses it.
- An unsubscribe request by e-mail unsubscribes.
- A delay, an automatic reply or a personal e-mail changes nothing.

Each counts once per e-mail, whichever way it arrives. Delivery and subscriber are found by return path, by returned
message, or by e-mail address.
"""

import hashlib
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

from django.db import transaction
from django.db.models import Count, Exists, OuterRef
from django.db.models.functions import Now, TruncDate
from django.utils import timezone

from iria.core import hooks
from newsletter.bounces import verp
from newsletter.bounces.parser import Failure, Kind, Reason, Report, read
from newsletter.bounces.parser.reasons import MAIL_ADDRESS, reason_of, status_in
from newsletter.bounces.parser.report import HARD, UNSUBSCRIBING_TYPES
from newsletter.models import Bounce, Delivery, Issue, Subscriber, Suppression
from newsletter.subscriptions import opt_in, suppression

SENT_WITHIN: Final = timedelta(days=60)
"""A bounce that names only an address counts if an e-mail was sent to it recently, because such a
bounce is easy to forge.
"""
CLOCK_TOLERANCE: Final = timedelta(minutes=10)
"""How far the clocks of other servers may differ from ours."""


@dataclass(frozen=True, slots=True)
class Match:
    """A failure or complaint, with its delivery and subscriber if they were found."""

    failure: Failure | None
    by: Bounce.MatchedBy
    delivery: Delivery | None = None
    subscriber: Subscriber | None = None

    @property
    def domain(self) -> str:
        email = self.subscriber.email if self.subscriber else ""
        email = email or (self.failure.address if self.failure else "")
        return email.rpartition("@")[2].lower()[:255]


def find_matches(report: Report) -> list[Match]:
    """Returns a match for each failure, or for each person who complained.

    Every e-mail has one recipient, so the delivery identifies the subscriber, whatever address the
    report contains: the e-mail may have been forwarded.
    """
    failures = sorted(report.failures, key=lambda failure: not failure.is_hard)
    if match := _by_references(report):
        delivery, by = match
        return [Match(failures[0] if failures else None, by, delivery, delivery.subscriber)]
    if report.complained:
        return [_by_email((address,), None, report) for address in report.complained]
    return [
        _by_email((failure.address, failure.also), failure, report) for failure in failures
    ] or [Match(None, Bounce.MatchedBy.NOTHING)]


def _by_references(report: Report) -> tuple[Delivery, Bounce.MatchedBy] | None:
    deliveries = Delivery.objects.select_related("subscriber", "issue")
    delivery_ids = [verp.delivery_of(address) for address in report.recipients]
    for delivery_id in delivery_ids:
        if delivery_id and (delivery := deliveries.filter(pk=delivery_id).first()):
            return delivery, Bounce.MatchedBy.RETURN_PATH
    if delivery := deliveries.filter(pk__in=report.deliveries).first():
        return delivery, Bounce.MatchedBy.MESSAGE
    delivery = deliveries.filter(
        message_id__in=[message_id[:300] for message_id in report.message_ids]
    ).first()
    return (delivery, Bounce.MatchedBy.MESSAGE) if delivery else None


def _by_email(addresses: tuple[str, ...], failure: Failure | None, report: Report) -> Match:
    for address in filter(None, addresses):
        subscriber = Subscriber.objects.with_email(address).first()
        if subscriber is None:
            continue
        delivery = _last_delivery(subscriber, report)
        if delivery is not None or report.is_verified:
            return Match(failure, Bounce.MatchedBy.EMAIL, delivery, subscriber)
    return Match(failure, Bounce.MatchedBy.NOTHING)


def _last_delivery(subscriber: Subscriber, report: Report) -> Delivery | None:
    """Returns the last delivery to the subscriber before the time of the report, if it has one."""
    deliveries = Delivery.objects.filter(
        subscriber=subscriber, sending_at__gt=timezone.now() - SENT_WITHIN
    )
    if report.happened_at is not None:
        deliveries = deliveries.filter(sending_at__lt=report.happened_at + CLOCK_TOLERANCE)
    return deliveries.select_related("issue").order_by("-sending_at").first()


MIN_SOFT_BOUNCE_DAYS: Final = 5
SOFT_BOUNCE_PERIOD: Final = timedelta(days=30)
"""Soft bounces on several days within this time suppress the address."""
COUNTED_REASONS: Final = (
    Reason.FULL,
    Reason.SUSPENDED,
    Reason.FILTERED,
    Reason.UNREACHABLE,
    Reason.UNSAID,
)
"""Reasons that depend on the address. Blocks and rate limits are our own fault, and one bad day of a
provider must not cost all its subscribers.
"""
COVERED_BY: Final = {
    Bounce.Kind.HARD: (Bounce.Kind.HARD,),
    Bounce.Kind.SOFT: (Bounce.Kind.SOFT, Bounce.Kind.HARD),
    Bounce.Kind.COMPLAINT: (Bounce.Kind.COMPLAINT,),
}
"""For each kind of report, the kinds that already include it for the same e-mail."""
STRONG_COMPLAINTS: Final = UNSUBSCRIBING_TYPES - {"opt-out"}
"""Complaint types that suppress the address; others only unsubscribe, or are technical reports."""


@dataclass(frozen=True, slots=True)
class ProcessingResult:
    """The report of a message, and what was done for each recipient."""

    report: Report
    results: tuple[str, ...]


def process_message(raw: bytes) -> ProcessingResult:
    """Parses and processes a message. Processing it again changes nothing."""
    report = read(raw)
    key = hashlib.sha256(raw).hexdigest()
    if report.kind is Kind.NONE:
        return ProcessingResult(report, _unsubscribe_by_mail(report))
    if report.failures and all(failure.delayed for failure in report.failures):
        return ProcessingResult(report, ("delayed",))
    return ProcessingResult(report, handle_report(report, find_matches(report), key=key))


def handle_report(report: Report, report_matches: list[Match], *, key: str) -> tuple[str, ...]:
    """Processes a report once; returns one result per recipient.

    Args:
        key: identifies the report, so that a repeated one is ignored.
    """
    return tuple(
        _process(report, match, key, number) for number, match in enumerate(report_matches)
    )


def _unsubscribe_by_mail(report: Report) -> tuple[str, ...]:
    subscriber = verp.unsubscribing_subscriber(report.recipients, report.subject)
    if subscriber is None:
        return ()
    opt_in.unsubscribe(subscriber.token)
    return ("left",)


def _process(report: Report, match: Match, key: str, number: int) -> str:
    with transaction.atomic():
        _lock(match)
        values = _bounce_values(report, match)
        if _is_known(report, match, values):
            return "known"
        bounce, is_new = _save_bounce(match, values, key, number)
        if not is_new:
            return "known"
        if report.kind is Kind.COMPLAINT:
            return _process_complaint(report, match, bounce)
        return _process_bounce(match, bounce)


def _lock(match: Match) -> None:
    """Locks the subscriber, then the delivery, so that reports about one subscriber are serialised."""
    if match.subscriber is not None:
        Subscriber.objects.filter(pk=match.subscriber.pk).locked().first()
    elif match.delivery is not None:
        Delivery.objects.select_for_update().filter(pk=match.delivery.pk).first()


def _is_known(report: Report, match: Match, values: dict[str, Any]) -> bool:
    """Whether an earlier report, by e-mail or webhook, already said the same about this delivery."""
    if match.delivery is None:
        return False
    earlier = Bounce.objects.filter(delivery=match.delivery, kind__in=COVERED_BY[values["kind"]])
    if report.kind is Kind.COMPLAINT:
        responses = {
            values["smtp_response"],
            *(STRONG_COMPLAINTS if report.is_unsubscribing else ()),
        }
        earlier = earlier.filter(smtp_response__in=responses)
    return earlier.exists()


def _save_bounce(
    match: Match, values: dict[str, Any], key: str, number: int
) -> tuple[Bounce, bool]:
    """Returns the bounce, and whether it is new.

    A hard bounce may follow a soft bounce of the same e-mail: the row is then updated, because it
    counts as one bounce.
    """
    if match.delivery is not None and values["kind"] == Bounce.Kind.HARD:
        soft_bounces = Bounce.objects.filter(delivery=match.delivery, kind=Bounce.Kind.SOFT)
        if bounce := soft_bounces.first():
            for name, value in values.items():
                setattr(bounce, name, value)
            bounce.save()
            return bounce, True
    return Bounce.objects.get_or_create(message_key=key, number=number, defaults=values)


def _bounce_values(report: Report, match: Match) -> dict[str, Any]:
    failure = match.failure
    is_hard = failure is not None and failure.is_hard
    kind = Bounce.Kind.HARD if is_hard else Bounce.Kind.SOFT
    if report.kind is Kind.COMPLAINT:
        kind = Bounce.Kind.COMPLAINT
    response = failure.smtp_response if failure else report.feedback
    return {
        "kind": kind,
        "reason": failure.reason if failure else Reason.UNSAID,
        "status": failure.status[:12] if failure else "",
        "smtp_response": MAIL_ADDRESS.sub("…", response.replace("\x00", ""))[:500],
        "domain": match.domain,
        "matched_by": match.by,
        "delivery": match.delivery,
        "subscriber": match.subscriber,
    }


def _process_complaint(report: Report, match: Match, bounce: Bounce) -> str:
    if not report.is_unsubscribing:
        return "noted"
    _set_state(match.delivery, "complained", "Complaint")
    if match.subscriber is None:
        return "nobody"
    if report.feedback == "opt-out":
        opt_in.unsubscribe(match.subscriber.token)
        return "left"
    suppression.suppress(
        match.subscriber,
        details="Complaint",
        reason=Suppression.Reason.COMPLAINT,
        bounce=bounce,
    )
    return "unsubscribed"


def _process_bounce(match: Match, bounce: Bounce) -> str:
    message = f"{bounce.status} {bounce.smtp_response}".strip() or bounce.reason
    _set_state(match.delivery, "bounced", f"{bounce.reason}: {message}")
    if bounce.kind == Bounce.Kind.HARD:
        _notify_other_apps(match, message)
    if match.subscriber is None:
        return "nobody"
    if bounce.kind == Bounce.Kind.HARD:
        return _suppress(match.subscriber, bounce, Suppression.Reason.HARD, bounce.reason)
    if _soft_bounce_days(match.subscriber) >= MIN_SOFT_BOUNCE_DAYS:
        details = f"Soft bounces on {MIN_SOFT_BOUNCE_DAYS} days within {SOFT_BOUNCE_PERIOD.days}: {bounce.reason}"
        return _suppress(match.subscriber, bounce, Suppression.Reason.SOFT, details)
    return "counted"


def _notify_other_apps(match: Match, message: str) -> None:
    """Calls the hooks of other apps that send e-mail; each checks whether the e-mail was its own."""
    email = match.subscriber.email if match.subscriber else ""
    email = email or (match.failure.address if match.failure else "")
    for name, handler in hooks.email_bounced.items():
        if email and name != "newsletter":
            handler(email, message)


def _suppress(subscriber: Subscriber, bounce: Bounce, reason: str, details: str) -> str:
    suppression.suppress(subscriber, details=details, reason=reason, bounce=bounce)
    return "suppressed"


def _soft_bounce_days(subscriber: Subscriber) -> int:
    """Counts the recent days with soft bounces since the last suppression was removed."""
    since = timezone.now() - SOFT_BOUNCE_PERIOD
    removed_at = (
        Suppression.objects.filter(subscriber=subscriber, removed_at__gt=since)
        .order_by("-removed_at")
        .values_list("removed_at", flat=True)
        .first()
    )
    bounces = Bounce.objects.filter(
        subscriber=subscriber,
        kind=Bounce.Kind.SOFT,
        reason__in=COUNTED_REASONS,
        processed_at__gt=removed_at or since,
    )
    return (
        bounces.annotate(day=TruncDate("processed_at")).values("day").distinct().order_by().count()
    )


def _set_state(delivery: Delivery | None, state: str, details: str) -> None:
    """Records the final state of a delivery that had been sent."""
    if delivery is None:
        return
    sent_states = [Delivery.State.SENT, Delivery.State.UNCERTAIN]
    Delivery.objects.filter(pk=delivery.pk, state__in=sent_states).update(
        state=state, details=details[:500]
    )


MAX_ROWS: Final = 20


def bounce_summary(issue: Issue) -> dict[str, Any]:
    """Returns the number of bounces, and the most frequent reasons and domains, in one query."""
    bounces = Bounce.objects.filter(delivery__issue=issue).values("kind", "reason", "domain")
    rows = list(bounces.annotate(count=Count("pk")).order_by("-count", "reason", "domain"))
    kinds = {kind: sum(row["count"] for row in rows if row["kind"] == kind) for kind in Bounce.Kind}
    complaint = Bounce.Kind.COMPLAINT
    labelled = [
        {**row, "label": complaint.label if row["kind"] == complaint else row["reason"]}
        for row in rows[:MAX_ROWS]
    ]
    return {
        "all": sum(kinds.values()),
        "hard": kinds[Bounce.Kind.HARD],
        "soft": kinds[Bounce.Kind.SOFT],
        "complaints": kinds[Bounce.Kind.COMPLAINT],
        "rows": labelled,
    }


REJECTED_WITHIN: Final = timedelta(days=1)
MAX_REJECTED: Final = 5_000


def suppress_rejected() -> int:
    """Suppresses addresses that were recently rejected as unknown; returns how many."""
    bounces = Bounce.objects.filter(delivery=OuterRef("pk"))
    rejected = Delivery.objects.filter(
        ~Exists(bounces),
        state=Delivery.State.REJECTED,
        done_at__gt=Now() - REJECTED_WITHIN,
        subscriber__state="active",
    ).select_related("subscriber")
    # At RCPT a server has checked only the address, so its response is reliable.
    unknown = [
        delivery
        for delivery in rejected[:MAX_REJECTED]
        if reason_of(f"{delivery.details} rcpt") in HARD
    ]
    for delivery in unknown:
        _suppress_rejected(delivery)
    return len(unknown)


def _suppress_rejected(delivery: Delivery) -> None:
    subscriber = delivery.subscriber
    if subscriber is None:
        return
    reason = reason_of(f"{delivery.details} rcpt")
    with transaction.atomic():
        bounce, _ = Bounce.objects.get_or_create(
            message_key=hashlib.sha256(f"refused {delivery.pk}".encode()).hexdigest(),
            number=0,
            defaults={
                "kind": Bounce.Kind.HARD,
                "reason": reason,
                "status": status_in(delivery.details)[:12],
                "smtp_response": MAIL_ADDRESS.sub("…", delivery.details)[:500],
                "domain": subscriber.email.rpartition("@")[2].lower(),
                "matched_by": Bounce.MatchedBy.SMTP_RESPONSE,
                "delivery": delivery,
                "subscriber": subscriber,
            },
        )
        suppression.suppress(
            subscriber, details=reason, reason=Suppression.Reason.HARD, bounce=bounce
        )
