"""A key per day, with which counters hash IP addresses (docs/decisions/daily-key.md).

With the key, all IP addresses can be tried. So it changes every day, is stored in PostgreSQL alone and is
destroyed by the worker after the day; then the hashes cannot be read back or matched with those of another
day. PostgreSQL computes the hash, so no process holds the key.
"""

import secrets
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

from django.db import connection, models

from iria.core import privacy
from iria.core.model_policy import model_policy

KEY_BYTES: Final = 32

LIMITS: Final = "allauth:rl:"
"""The prefix of allauth's rate limits."""

HASH_SQL: Final = (
    "encode(sha256(today.key || sha256(today.key || convert_to(%s, 'UTF8'))), 'hex')"
    " FROM iria_dailykey AS today WHERE today.day = %s"
)
"""Hashed twice with the key, as in HMAC, against length extension."""


@model_policy(public=None, personal_data=privacy.RATE_LIMITS)
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
    """The row of a statement whose last parameter is the day; the key is made where there is none.

    If the clock is set back to a day whose key is gone, that day gets another one: what was
    counted on it before is forgotten, and nothing else happens.
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
    """Destroys the key of every day that is over, and such as a clock far ahead has left; how many.

    The key of tomorrow may be there, when a clock went a little ahead and was set back.
    """
    now = today()
    others = DailyKey.objects.exclude(day__range=(now, now + timedelta(days=1)))
    deleted, _ = others.delete()
    return deleted


def cache_key(key: str, prefix: str, version: int) -> str:
    """Django's key function: allauth's limits on sign-in name the address they count, so they are hashed.

    Other keys stay as they are; one of them remembers a code that was used already, and must still
    do so a second after midnight.
    """
    if key.startswith(LIMITS):
        key = daily_hash("cache", key)
    return f"{prefix}:{version}:{key}"
