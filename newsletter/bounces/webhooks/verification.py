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
"""Mailgun repeats a call that was not answered with 200 for about eight hours."""
CLOCK_SKEW: Final = timedelta(minutes=5)
"""By how much the provider's clock may be ahead of ours."""
EVENTS_KEPT_FOR: Final = timedelta(days=60)
"""As long as mail that was sent is looked up for an event that only names an address."""

CLAIM: Final = """
INSERT INTO newsletter_webhookreceipt AS known (key, body_hash, expires_at) VALUES (%s, %s, %s)
ON CONFLICT (key) DO UPDATE SET expires_at = known.expires_at RETURNING known.body_hash, xmax = 0
"""
"""One statement, so that of two processes only one can be the first."""


def is_replay(name: str, proof: Signature, body: bytes) -> bool:
    """Whether a proof is too old, dated in the future, or was accepted before for another body.

    The same call again is no replay: the provider repeats itself until it hears 200, and its events are
    recognised one by one.
    """
    now = timezone.now()
    try:
        signed_at = datetime.fromtimestamp(int(proof.timestamp), UTC)
    except (ValueError, OverflowError, OSError):
        return True
    if not now - WINDOW <= signed_at <= now + CLOCK_SKEW:
        return True
    digest = hashlib.sha256(body).hexdigest()
    # What was signed is the two together; where one ends and the other begins is not.
    known, _ = _claim(
        f"{name}\n{proof.timestamp}{proof.token}", digest, signed_at + WINDOW + CLOCK_SKEW
    )
    return known != digest


def is_first(event_key: str) -> bool:
    """Whether an event that carries no time comes for the first time."""
    return _claim(f"event\n{event_key}", "", timezone.now() + EVENTS_KEPT_FOR)[1]


def delete_expired_receipts() -> int:
    deleted, _ = WebhookReceipt.objects.filter(expires_at__lt=timezone.now()).delete()
    return deleted


def _claim(text: str, body_hash: str, expires_at: datetime) -> tuple[str, bool]:
    """The hash of the body that came first with this key, and whether that was now."""
    key = hashlib.sha256(text.encode()).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(CLAIM, [key, body_hash, expires_at])
        known, is_new = cursor.fetchone()
    return str(known), bool(is_new)


log = logging.getLogger(__name__)

MOST_BYTES: Final = 4 * 1024 * 1024
"""A batch of the most talkative provider, several times over."""


class WebhookError(Exception):
    """It does not prove that the provider sent it."""


class Unreadable(Exception):
    """The provider sent it, and it is not what the provider sends."""


def parse_call(provider: Provider, secret: str, request: HttpRequest) -> list[Any]:
    """The news of a call (`AnymailTrackingEvent`); a piece that cannot be read is left out.

    Raises:
        Refused, Unreadable
    """
    if not provider.accepts(secret):
        raise WebhookError
    try:
        body = request.body
        view = anymail_view(provider, secret)
        view.run_validators(request)
        proof = provider.signature_of(body) if provider.signature_of else None
    except json.JSONDecodeError as mistake:
        # Some look at the signature first and then at the words.
        raise Unreadable from mistake
    except Exception as mistake:
        if not isinstance(mistake, SuspiciousOperation):
            log.info(
                "webhook call from %s was not verified: %s", provider.name, type(mistake).__name__
            )
        raise WebhookError from mistake
    if proof and is_replay(provider.name, proof, body):
        log.info("webhook call from %s is too old, or its signature was used before", provider.name)
        raise WebhookError
    try:
        pieces = list(view.parse_events(request))
    except Exception as mistake:
        raise Unreadable from mistake
    read = [each for each in pieces if each is not None]
    if pieces and not read:
        raise Unreadable
    return read


@lru_cache(maxsize=4)
def anymail_view(provider: Provider, secret: str) -> Any:
    """Anymail's view for the provider, reading piece by piece; it keeps nothing of a call, so one is enough.

    Raises:
        Exception: of any kind, where the secret is not what the provider gives.
    """
    view = type(
        f"{provider.name}PieceByPiece", (TolerantEventView, import_string(provider.view)), {}
    )
    with warnings.catch_warnings():
        # Of SendGrid; docs/decisions/bounce-webhooks.md says it to whoever chooses.
        warnings.filterwarnings("ignore", message="django-anymail has dropped official support")
        return view(**{provider.proof: secret})


class TolerantEventView:
    """Of several pieces of news one that is broken does not cost the others."""

    esp_name: str

    def esp_to_anymail_event(self, *pieces: Any) -> Any:
        try:
            return super().esp_to_anymail_event(*pieces)  # type: ignore[misc]
        except Exception as mistake:
            self._note(mistake)
            return None

    def unwrap_event(self, raw: Any) -> tuple[Any, Any, Any]:
        """SparkPost's; what it cannot unwrap is not read either."""
        try:
            unwrapped: tuple[Any, Any, Any] = super().unwrap_event(raw)  # type: ignore[misc]
        except Exception:
            return "", {}, raw
        return unwrapped

    def _note(self, mistake: Exception) -> None:
        # What it says may name a reader, so only its kind is written.
        log.warning("an event of %s could not be parsed: %s", self.esp_name, type(mistake).__name__)
