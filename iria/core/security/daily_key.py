"""A key per day, with which counters hash IP addresses (docs/decisions/daily-key.md).

With the key, the hash of every IP address could be computed. So it changes every day, is stored only in
PostgreSQL and is destroyed by the worker after the day; then the hashes cannot be reversed or matched with
those of another day. PostgreSQL computes the hash, so no process knows the key.
"""

import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.db import connection, models

from iria.core import data_inventory
from iria.core.model_policy import Pruning, model_policy

KEY_BYTES: Final = 32

RATE_LIMIT_PREFIX: Final = "allauth:rl:"
"""The prefix of allauth's rate limits."""

HASH_SQL: Final = (
    "encode(sha256(today.key || sha256(today.key || convert_to(%s, 'UTF8'))), 'hex')"
    " FROM iria_dailykey AS today WHERE today.day = %s"
)
"""Hashed twice with the key, as in HMAC, against length extension."""


@model_policy(
    public=None,
    personal_data=data_inventory.RATE_LIMITS,
    pruning=Pruning("iria.destroy_past_keys", "Deleted at the end of the day."),
)
class DailyKey(models.Model):
    """The key of one day (UTC)."""

    day = models.DateField(primary_key=True)
    key = models.BinaryField(max_length=KEY_BYTES, editable=False)

    class Meta:
        app_label = "iria"

    def __str__(self) -> str:
        return f"Key of {self.day}"


def today() -> date:
    return datetime.now(UTC).date()


def daily_hash(purpose: str, who: str) -> str:
    """A hash of 64 hexadecimal digits that identifies `who` today, for this purpose only."""
    found = with_key(f"SELECT {HASH_SQL}", [storable(f"{purpose}\n{who}")])
    return str(found[0])


def storable(text: str) -> str:
    """Without NUL characters, which PostgreSQL does not store."""
    return text.encode("utf-8", "replace").decode().replace("\x00", "\\0")


def with_key(sql: str, params: list[Any]) -> tuple[Any, ...]:
    """Executes a statement whose last parameter is the day, and returns its row; creates a missing key.

    If the clock is set back to a day whose key is destroyed, that day gets a new one: earlier
    counts of that day are lost, without other effects.
    """
    day = today()
    while True:
        with connection.cursor() as cursor:
            cursor.execute(sql, [*params, day])
            found: tuple[Any, ...] | None = cursor.fetchone()
            if found is not None:
                return found
            cursor.execute(
                "INSERT INTO iria_dailykey (day, key) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [day, secrets.token_bytes(KEY_BYTES)],
            )


def destroy_past_keys() -> int:
    """Destroys the keys of past days, and of future ones that a wrong clock has left; returns the number.

    The key of tomorrow is kept, in case a clock was a little ahead.
    """
    now = today()
    others = DailyKey.objects.exclude(day__range=(now, now + timedelta(days=1)))
    deleted, _ = others.delete()
    return deleted


def cache_key(key: str, prefix: str, version: int) -> str:
    """The KEY_FUNCTION of the cache: hashes allauth's rate limit keys, which contain IP or e-mail addresses.

    Other keys are unchanged; one of them stores a code that was used already, and must still
    match a second after midnight.
    """
    if key.startswith(RATE_LIMIT_PREFIX):
        key = daily_hash("cache", key)
    return f"{prefix}:{version}:{key}"
