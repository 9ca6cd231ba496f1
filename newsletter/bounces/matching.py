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
CLOCKS: Final = timedelta(minutes=10)
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
        address = self.subscriber.email if self.subscriber else ""
        address = address or (self.failure.address if self.failure else "")
        return address.rpartition("@")[2].lower()[:255]


def matches(report: Report) -> list[Match]:
    """Returns a match for each failure, or for each person who complained.

    Every e-mail has one recipient, so the delivery identifies the subscriber, whatever address the
    report contains: the e-mail may have been forwarded.
    """
    failed = sorted(report.failures, key=lambda failure: not failure.is_hard)
    if found := _by_mail(report):
        delivery, by = found
        return [Match(failed[0] if failed else None, by, delivery, delivery.subscriber)]
    if report.complained:
        return [_by_email((address,), None, report) for address in report.complained]
    return [_by_email((each.address, each.also), each, report) for each in failed] or [
        Match(None, Bounce.MatchedBy.NOTHING)
    ]


def _by_mail(report: Report) -> tuple[Delivery, Bounce.MatchedBy] | None:
    deliveries = Delivery.objects.select_related("subscriber", "issue")
    named = [verp.delivery_of(address) for address in report.recipients]
    for delivery_id in named:
        if delivery_id and (known := deliveries.filter(pk=delivery_id).first()):
            return known, Bounce.MatchedBy.RETURN_PATH
    if known := deliveries.filter(pk__in=report.deliveries).first():
        return known, Bounce.MatchedBy.MESSAGE
    known = deliveries.filter(message_id__in=[each[:300] for each in report.message_ids]).first()
    return (known, Bounce.MatchedBy.MESSAGE) if known else None


def _by_email(addresses: tuple[str, ...], failure: Failure | None, report: Report) -> Match:
    for address in filter(None, addresses):
        subscriber = Subscriber.objects.with_email(address).first()
        if subscriber is None:
            continue
        written = _newest(subscriber, report)
        if written is not None or report.is_verified:
            return Match(failure, Bounce.MatchedBy.EMAIL, written, subscriber)
    return Match(failure, Bounce.MatchedBy.NOTHING)


def _newest(subscriber: Subscriber, report: Report) -> Delivery | None:
    """Returns the last delivery to the subscriber before the time of the report, if it has one."""
    written = Delivery.objects.filter(
        subscriber=subscriber, sending_at__gt=timezone.now() - SENT_WITHIN
    )
    if report.happened_at is not None:
        written = written.filter(sending_at__lt=report.happened_at + CLOCKS)
    return written.select_related("issue").order_by("-sending_at").first()
