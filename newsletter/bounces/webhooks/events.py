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


class Meaning(Enum):
    DEAD = auto()
    """The provider says that the address does not exist."""
    FAILED = auto()
    """It was not delivered."""
    COMPLAINT = auto()
    UNSUBSCRIBED = auto()
    """The recipient unsubscribed at the provider."""
    NOTHING = auto()
    """It was queued, delivered or opened."""


EARLIEST: Final = datetime(2000, 1, 1, tzinfo=UTC)
LATEST: Final = datetime(9000, 1, 1, tzinfo=UTC)

FAILED: Final = frozenset({"bounced", "rejected", "failed"})
SUPPRESSED_REASONS: Final = {
    "bounced": Meaning.DEAD,
    "invalid": Meaning.DEAD,
    "spam": Meaning.COMPLAINT,
    "unsubscribed": Meaning.UNSUBSCRIBED,
}
"""Why a provider did not send → what it knows about the address."""
REASONS: Final = {"blocked": Reason.BLOCKED, "timed_out": Reason.UNREACHABLE, "spam": Reason.POLICY}
"""Used if the SMTP response has no known phrase."""


@dataclass(frozen=True, slots=True)
class WebhookEvent:
    """A report, and a key that identifies the event if it is repeated."""

    report: Report
    key: str
    is_unsubscribe: bool
    """Whether the recipient unsubscribed."""


def parse_event(provider: Provider, event: Any) -> WebhookEvent | None:
    """Converts an `AnymailTrackingEvent`; returns None if there is nothing to do."""
    suppressed_for = provider.suppressed(event.esp_event)
    if event.event_type == "rejected":
        suppressed_for = suppressed_for or event.reject_reason or ""
    meaning = _meaning(provider, event, suppressed_for)
    if meaning is Meaning.NOTHING:
        return None
    address = _text(event.recipient)
    is_failure = event.event_type in FAILED and meaning is not Meaning.COMPLAINT
    failures = (_failure(provider, event, meaning, suppressed_for),) if is_failure else ()
    kind = Kind.NONE
    if meaning is Meaning.COMPLAINT:
        kind = Kind.COMPLAINT
    elif failures:
        kind = Kind.HARD if failures[0].is_hard else Kind.SOFT
    metadata = event.metadata if isinstance(event.metadata, dict) else {}
    delivery_id = verp.delivery_from_ref(_text(metadata.get(KEY)))
    report = Report(
        kind=kind,
        failures=failures,
        feedback="abuse" if meaning is Meaning.COMPLAINT else "",
        complained=() if failures else (address,),
        message_ids=tuple(filter(None, [_text(event.message_id)])),
        deliveries=(delivery_id,) if delivery_id else (),
        is_verified=True,
        happened_at=_timestamp(event.timestamp),
    )
    return WebhookEvent(report, _key(provider, event), meaning is Meaning.UNSUBSCRIBED)


def _meaning(provider: Provider, event: Any, suppressed_for: str) -> Meaning:
    match event.event_type:
        case "complained":
            return Meaning.COMPLAINT
        case "unsubscribed":
            return Meaning.UNSUBSCRIBED
        case "bounced" | "rejected" | "failed" if suppressed_for in SUPPRESSED_REASONS:
            return SUPPRESSED_REASONS[suppressed_for]
        case "bounced" | "rejected":
            return Meaning.DEAD if provider.is_dead_address(event.esp_event) else Meaning.FAILED
        case "failed":
            return Meaning.FAILED
        case _:
            return Meaning.NOTHING


def _failure(provider: Provider, event: Any, meaning: Meaning, suppressed_for: str) -> Failure:
    response = _text(provider.smtp_response(event.esp_event) or event.mta_response)
    reason = reason_of(response)
    if suppressed_for and meaning is Meaning.DEAD:
        # The message is the provider's own, about its suppression list.
        reason = Reason.UNKNOWN_USER
    elif suppressed_for or reason is Reason.UNSAID:
        reason = _fallback_reason(event, meaning)
    message = (
        response
        or _text(event.description)
        or (suppressed_for and f"Not sent by the provider: {suppressed_for}")
    )
    return Failure(
        _text(event.recipient), reason, status=status_in(response), smtp_response=message or ""
    )


def _fallback_reason(event: Any, meaning: Meaning) -> Reason:
    if meaning is Meaning.DEAD:
        return Reason.UNKNOWN_USER
    if meaning is Meaning.UNSUBSCRIBED:
        return Reason.FILTERED
    if event.event_type == "failed":
        return Reason.FAULT
    return REASONS.get(event.reject_reason or "", Reason.UNSAID)


def _key(provider: Provider, event: Any) -> str:
    """Returns a key of event, e-mail and time; a repeated event may have a new ID."""
    parts = [provider.name, event.event_type, event.recipient, event.message_id, event.timestamp]
    key_parts = parts if event.timestamp else [*parts, event.esp_event]
    return hashlib.sha256(json.dumps(key_parts, sort_keys=True, default=str).encode()).hexdigest()


def _timestamp(value: Any) -> datetime | None:
    """Returns the time of the event by the provider's clock, or None if it is implausible."""
    if not isinstance(value, datetime) or value.tzinfo is None:
        return None
    timestamp = in_utc(value)
    return timestamp if EARLIEST <= timestamp < LATEST else None


def _text(value: Any) -> str:
    return storable(value) if isinstance(value, str) else ""
