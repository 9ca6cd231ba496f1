"""Verifies and parses webhook calls; rejects old and replayed ones.

django-anymail knows the signature and format of each provider. Its views are used for that alone; they are not routed
and send no e-mails. It is optional (requirements-webhooks.txt), so it is imported by name.
"""

import hashlib
import json
import logging
import warnings
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

from django.core.exceptions import SuspiciousOperation
from django.db import connection
from django.http import HttpRequest
from django.utils import timezone
from django.utils.module_loading import import_string

from newsletter.bounces.webhooks.providers import Provider, Signature
from newsletter.models import WebhookReceipt

WINDOW: Final = timedelta(hours=12)
"""Mailgun retries a call that did not get 200 for about eight hours."""
CLOCK_SKEW: Final = timedelta(minutes=5)
"""How far the provider's clock may be ahead."""
EVENTS_KEPT_FOR: Final = timedelta(days=60)
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
    if not now - WINDOW <= signed_at <= now + CLOCK_SKEW:
        return True
    digest = hashlib.sha256(body).hexdigest()
    # The signature covers the concatenation only, not where the token begins.
    first_digest, _ = _claim(
        f"{name}\n{signature.timestamp}{signature.token}", digest, signed_at + WINDOW + CLOCK_SKEW
    )
    return first_digest != digest


def is_first(event_key: str) -> bool:
    """Whether an event without a time is received for the first time."""
    return _claim(f"event\n{event_key}", "", timezone.now() + EVENTS_KEPT_FOR)[1]


def delete_expired_receipts() -> int:
    deleted, _ = WebhookReceipt.objects.filter(expires_at__lt=timezone.now()).delete()
    return deleted


def _claim(text: str, body_hash: str, expires_at: datetime) -> tuple[str, bool]:
    """Returns the hash of the first body with this key, and whether it is new."""
    key = hashlib.sha256(text.encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [key, body_hash, expires_at])
        first_hash, is_new = cursor.fetchone()
    return str(first_hash), bool(is_new)


logger = logging.getLogger(__name__)

MOST_BYTES: Final = 4 * 1024 * 1024
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
    view = type(
        f"{provider.name}PieceByPiece", (TolerantEventView, import_string(provider.view)), {}
    )
    with warnings.catch_warnings():
        # For SendGrid; see docs/decisions/bounce-webhooks.md.
        warnings.filterwarnings("ignore", message="django-anymail has dropped official support")
        return view(**{provider.proof: secret})


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
