"""Bounce webhooks of e-mail providers (docs/decisions/bounce-webhooks.md). Events have the same effect as bounce e-mails.

Off unless `MAIL_PROVIDER` is set. A call is verified before anything else; old and replayed ones are rejected.
django-anymail knows the signature and format of each provider. Its views are used for that alone; they are not routed
and send no e-mails. It is optional (requirements-webhooks.txt), so it is imported by name.
"""

import hashlib
import json
import logging
import warnings
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum, auto
from functools import lru_cache
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.db import DataError, connection, transaction
from django.db.models import F
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.utils import timezone
from django.utils.module_loading import import_string
from django.views.decorators.cache import never_cache

from iria.core.http.private_paths import open_to_other_sites
from iria.core.text.dates import in_utc
from iria.core.text.validators import storable
from newsletter.bounces import verp
from newsletter.bounces.parser import Failure, Kind, Reason, Report
from newsletter.bounces.parser.reasons import reason_of, status_in
from newsletter.bounces.processing import Match, find_matches, handle_report
from newsletter.bounces.providers import PROVIDERS, REF_KEY, Provider, Signature
from newsletter.models import Delivery, MailboxStatus, WebhookReceipt
from newsletter.subscriptions import opt_in


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
    delivery_id = verp.delivery_from_ref(_text(metadata.get(REF_KEY)))
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


MAX_SIGNATURE_AGE: Final = timedelta(hours=12)
"""Mailgun retries a call that did not get 200 for about eight hours."""
CLOCK_TOLERANCE: Final = timedelta(minutes=5)
"""How far the provider's clock may be ahead."""
EVENT_RETENTION: Final = timedelta(days=60)
"""As long as deliveries are searched for an event that names only an address."""

CLAIM: Final = """
INSERT INTO newsletter_webhookreceipt AS known (key, body_hash, expires_at) VALUES (%s, %s, %s)
ON CONFLICT (key) DO UPDATE SET expires_at = known.expires_at RETURNING known.body_hash, xmax = 0
"""
"""A single statement, so that only one of two processes is first."""


def is_replay(name: str, signature: Signature, body: bytes) -> bool:
    """Whether a signature is too old, dated in the future, or was used for another body.

    The same call again is accepted: a provider retries until it gets 200, and events are
    deduplicated one by one.
    """
    now = timezone.now()
    try:
        signed_at = datetime.fromtimestamp(int(signature.timestamp), UTC)
    except (ValueError, OverflowError, OSError):
        return True
    if not now - MAX_SIGNATURE_AGE <= signed_at <= now + CLOCK_TOLERANCE:
        return True
    digest = hashlib.sha256(body).hexdigest()
    # The signature covers the concatenation only, not where the token begins.
    first_digest, _ = _claim_receipt(
        f"{name}\n{signature.timestamp}{signature.token}",
        digest,
        signed_at + MAX_SIGNATURE_AGE + CLOCK_TOLERANCE,
    )
    return first_digest != digest


def is_first(event_key: str) -> bool:
    """Whether an event without a time is received for the first time."""
    return _claim_receipt(f"event\n{event_key}", "", timezone.now() + EVENT_RETENTION)[1]


def delete_expired_receipts() -> int:
    deleted, _ = WebhookReceipt.objects.filter(expires_at__lt=timezone.now()).delete()
    return deleted


def _claim_receipt(text: str, body_hash: str, expires_at: datetime) -> tuple[str, bool]:
    """Returns the hash of the first body with this key, and whether it is new."""
    key = hashlib.sha256(text.encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [key, body_hash, expires_at])
        first_hash, is_new = cursor.fetchone()
    return str(first_hash), bool(is_new)


logger = logging.getLogger(__name__)

MAX_BYTES: Final = 4 * 1024 * 1024
"""Several times the largest batch of any provider."""


class WebhookError(Exception):
    """The call is not authenticated."""


class Unreadable(Exception):
    """The call is authenticated, but its content is invalid."""


def parse_call(provider: Provider, secret: str, request: HttpRequest) -> list[Any]:
    """Returns the `AnymailTrackingEvent`s of a call; invalid ones are skipped.

    Raises:
        WebhookError, Unreadable
    """
    if not provider.accepts(secret):
        raise WebhookError
    try:
        body = request.body
        view = anymail_view(provider, secret)
        view.run_validators(request)
        signature = provider.signature_of(body) if provider.signature_of else None
    except json.JSONDecodeError as error:
        # Some views verify the signature before they parse the body.
        raise Unreadable from error
    except Exception as error:
        if not isinstance(error, SuspiciousOperation):
            logger.info(
                "webhook call from %s was not verified: %s", provider.name, type(error).__name__
            )
        raise WebhookError from error
    if signature and is_replay(provider.name, signature, body):
        logger.info(
            "webhook call from %s is too old, or its signature was used before", provider.name
        )
        raise WebhookError
    try:
        events = list(view.parse_events(request))
    except Exception as error:
        raise Unreadable from error
    valid = [event for event in events if event is not None]
    if events and not valid:
        raise Unreadable
    return valid


@lru_cache(maxsize=4)
def anymail_view(provider: Provider, secret: str) -> Any:
    """Returns anymail's view for the provider; it is stateless, so one instance is enough.

    Raises:
        Exception: of any kind, if the secret has the wrong format.
    """
    view = type(f"{provider.name}View", (TolerantEventView, import_string(provider.view)), {})
    with warnings.catch_warnings():
        # For SendGrid; see docs/decisions/bounce-webhooks.md.
        warnings.filterwarnings("ignore", message="django-anymail has dropped official support")
        return view(**{provider.credential_option: secret})


class TolerantEventView:
    """Skips invalid events instead of rejecting the whole call."""

    esp_name: str

    def esp_to_anymail_event(self, *events: Any) -> Any:
        try:
            return super().esp_to_anymail_event(*events)  # type: ignore[misc]
        except Exception as error:
            self._log_invalid(error)
            return None

    def unwrap_event(self, raw: Any) -> tuple[Any, Any, Any]:
        """Unwraps a SparkPost event; one that cannot be unwrapped is skipped."""
        try:
            unwrapped: tuple[Any, Any, Any] = super().unwrap_event(raw)  # type: ignore[misc]
        except Exception:
            return "", {}, raw
        return unwrapped

    def _log_invalid(self, error: Exception) -> None:
        # The message may contain an e-mail address, so only the type is logged.
        logger.warning(
            "an event of %s could not be parsed: %s", self.esp_name, type(error).__name__
        )


INVALID_EVENT_ERRORS: Final = (
    ArithmeticError,
    AttributeError,
    DataError,
    LookupError,
    TypeError,
    ValueError,
)
"""Exceptions that an invalid event may raise."""


class StillSending(Exception):
    """The e-mail is being submitted right now; its outcome is not stored yet."""


def process_events(provider: Provider, events: list[Any]) -> bool:
    """Processes each event on its own; an invalid one does not affect the others.

    Returns:
        Whether all were processed. If some came too early, the provider must send them again.
    Raises:
        DatabaseError: the provider will retry; events that were processed stay processed.
    """
    all_processed = True
    for event in events:
        try:
            _process_event(provider, event)
        except StillSending:
            all_processed = False
        except INVALID_EVENT_ERRORS as error:
            logger.warning(
                "an event of %s could not be processed: %s", provider.name, type(error).__name__
            )
    _save_status(provider, len(events))
    return all_processed


def _process_event(provider: Provider, event: Any) -> None:
    webhook_event = parse_event(provider, event)
    if webhook_event is None:
        return
    report = webhook_event.report
    report_matches = find_matches(report)
    if report.kind is not Kind.NONE:
        if any(
            match.delivery and match.delivery.state == Delivery.State.SENDING
            for match in report_matches
        ):
            raise StillSending
        handle_report(report, report_matches, key=webhook_event.key)
    if not webhook_event.is_unsubscribe:
        return
    with transaction.atomic():
        # Without a time, a later resubscription could not be detected.
        if report.happened_at is None and not is_first(webhook_event.key):
            return
        for match in report_matches:
            _unsubscribe(match, report.happened_at)


def _unsubscribe(match: Match, at: datetime | None) -> None:
    """Unsubscribes, as the link in every e-mail does."""
    subscriber = match.subscriber
    if subscriber is None:
        return
    if at and subscriber.confirmed_at and at < subscriber.confirmed_at:
        # The event is late or repeated: they have subscribed again since.
        return
    opt_in.unsubscribe(subscriber.token)


def _save_status(provider: Provider, count: int) -> None:
    """Stores when the provider called last, in the table of mailboxes."""
    now = timezone.now()
    status, _ = MailboxStatus.objects.get_or_create(
        mailbox=provider.name, defaults={"tried_at": now, "read_at": now}
    )
    MailboxStatus.objects.filter(pk=status.pk).update(
        tried_at=now, read_at=now, messages=F("messages") + count
    )


def has_called(provider: Provider) -> bool:
    """Whether the provider has ever called the webhook."""
    return MailboxStatus.objects.filter(mailbox=provider.name).exists()


@open_to_other_sites
@never_cache
def webhook(request: HttpRequest) -> HttpResponse:
    """Processes events of the provider; returns 404 if no provider is configured.

    A provider retries for hours or days unless it gets 200. So events about unknown addresses are
    accepted, and only what could not be stored is requested again.
    """
    provider = PROVIDERS.get(settings.MAIL_PROVIDER)
    if provider is None:
        raise Http404
    if request.method == "HEAD":
        # Some providers test the URL with a HEAD request when it is entered.
        return HttpResponse()
    if request.method != "POST":
        return HttpResponseNotAllowed(["HEAD", "POST"])
    if _size(request) > MAX_BYTES:
        return _response("Request too large.", status=413)
    try:
        events = parse_call(provider, settings.MAIL_PROVIDER_SECRET, request)
    except WebhookError:
        return _response(f"Not verified as a call from {provider.name}.", status=403)
    except Unreadable as error:
        error_type = type(error.__cause__ or error).__name__
        logger.warning("invalid webhook call from %s: %s", provider.name, error_type)
        return _response(f"Invalid webhook call from {provider.name}.", status=400)
    if not process_events(provider, events):
        return _response("Some events came too early. Send them again.", status=503)
    return _response("OK")


def _size(request: HttpRequest) -> int:
    """Returns the size of the body before it is read."""
    try:
        return int(request.META.get("CONTENT_LENGTH") or 0)
    except ValueError:
        return 0


def _response(message: str, *, status: int = 200) -> HttpResponse:
    return HttpResponse(f"{message}\n", status=status, content_type="text/plain; charset=utf-8")
