"""A webhook call works once: an old one is refused, and a proof is never accepted for another body."""

import hashlib
from datetime import UTC, datetime, timedelta
from typing import Final

from django.db import connection
from django.utils import timezone

from newsletter.bounces.told.providers import SignedApart
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


def is_replay(name: str, proof: SignedApart, body: bytes) -> bool:
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
