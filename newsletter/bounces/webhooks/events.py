"""Converts webhook events to the reports that the bounce parser returns."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import Enum, auto
from typing import Any, Final

from iria.core.text.dates import in_utc
from iria.core.text.validators import storable
from newsletter.bounces import verp
from newsletter.bounces.parser import Failure, Kind, Reason, Report
from newsletter.bounces.parser.reasons import reason_of, status_in
from newsletter.bounces.webhooks.providers import KEY, Provider


class Says(Enum):
    DEAD = auto()
    """The provider says that the address does not exist."""
    FAILED = auto()
    """It was not delivered."""
    COMPLAINT = auto()
    LEAVES = auto()
    """The recipient unsubscribed at the provider."""
    NOTHING = auto()
    """It was queued, delivered or opened."""


EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)

FAILED: Final = frozenset({"bounced", "rejected", "failed"})
SUPPRESSED_REASONS: Final = {
    "bounced": Says.DEAD,
    "invalid": Says.DEAD,
    "spam": Says.COMPLAINT,
    "unsubscribed": Says.LEAVES,
}
"""Why a provider did not send → what it knows about the address."""
REASONS: Final = {"blocked": Reason.BLOCKED, "timed_out": Reason.UNREACHABLE, "spam": Reason.POLICY}
"""Used if the SMTP response has no known phrase."""


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """A report, and a key that identifies the event if it is repeated."""

    report: Report
    key: str
    leaves: bool
    """Whether the recipient unsubscribed."""


def parse_event(provider: Provider, event: Any) -> WebhookEvent | None:
    """Converts an `AnymailTrackingEvent`; returns None if there is nothing to do."""
    suppressed_for = provider.suppressed(event.esp_event)
    if event.event_type == "rejected":
        suppressed_for = suppressed_for or event.reject_reason or ""
    says = _says(provider, event, suppressed_for)
    if says is Says.NOTHING:
        return None
    address = _text(event.recipient)
    failed = event.event_type in FAILED and says is not Says.COMPLAINT
    failures = (_failure(provider, event, says, suppressed_for),) if failed else ()
    kind = Kind.NONE
    if says is Says.COMPLAINT:
        kind = Kind.COMPLAINT
    elif failures:
        kind = Kind.HARD if failures[0].is_hard else Kind.SOFT
    given_back = event.metadata if isinstance(event.metadata, dict) else {}
    delivery_id = verp.delivery_from_ref(_text(given_back.get(KEY)))
    report = Report(
        kind=kind,
        failures=failures,
        feedback="abuse" if says is Says.COMPLAINT else "",
        complained=() if failures else (address,),
        message_ids=tuple(filter(None, [_text(event.message_id)])),
        deliveries=(delivery_id,) if delivery_id else (),
        is_verified=True,
        happened_at=_moment(event.timestamp),
    )
    return WebhookEvent(report, _key(provider, event), says is Says.LEAVES)


def _says(provider: Provider, event: Any, suppressed_for: str) -> Says:
    match event.event_type:
        case "complained":
            return Says.COMPLAINT
        case "unsubscribed":
            return Says.LEAVES
        case "bounced" | "rejected" | "failed" if suppressed_for in SUPPRESSED_REASONS:
            return SUPPRESSED_REASONS[suppressed_for]
        case "bounced" | "rejected":
            return Says.DEAD if provider.dead(event.esp_event) else Says.FAILED
        case "failed":
            return Says.FAILED
        case _:
            return Says.NOTHING


def _failure(provider: Provider, event: Any, says: Says, suppressed_for: str) -> Failure:
    words = _text(provider.said(event.esp_event) or event.mta_response)
    reason = reason_of(words)
    if suppressed_for and says is Says.DEAD:
        # The message is the provider's own, about its suppression list.
        reason = Reason.UNKNOWN_USER
    elif suppressed_for or reason is Reason.UNSAID:
        reason = _unsaid(event, says)
    shown = (
        words
        or _text(event.description)
        or (suppressed_for and f"Not sent by the provider: {suppressed_for}")
    )
    return Failure(_text(event.recipient), reason, status=status_in(words), words=shown or "")


def _unsaid(event: Any, says: Says) -> Reason:
    if says is Says.DEAD:
        return Reason.UNKNOWN_USER
    if says is Says.LEAVES:
        return Reason.FILTERED
    if event.event_type == "failed":
        return Reason.FAULT
    return REASONS.get(event.reject_reason or "", Reason.UNSAID)


def _key(provider: Provider, event: Any) -> str:
    """Returns a key of event, e-mail and time; a repeated event may have a new ID."""
    what = [provider.name, event.event_type, event.recipient, event.message_id, event.timestamp]
    known = what if event.timestamp else [*what, event.esp_event]
    return hashlib.sha256(json.dumps(known, sort_keys=True, default=str).encode()).hexdigest()


def _moment(value: Any) -> datetime | None:
    """Returns the time of the event by the provider's clock, or None if it is implausible."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        return None
    moment = in_utc(value)
    return moment if EARLIEST <= moment < LATEST else None


def _text(value: Any) -> str:
    return storable(value) if isinstance(value, str) else ""
