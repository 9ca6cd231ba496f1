"""Finds the delivery and subscriber of a bounce: by return path, by returned message, by e-mail address."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Final

from django.utils import timezone

from newsletter.bounces import verp
from newsletter.bounces.parser import Failure, Report
from newsletter.models import Bounce, Delivery, Subscriber

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


def matches(report: Report) -> list[Match]:
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
