"""Rate limits, keys that change daily, encryption, keyed hashes and signed tokens.

Counters hash IP addresses with a key per day (docs/decisions/counting.md). With the key, the hash of every IP address
could be computed. So it changes every day, is stored only in PostgreSQL and is destroyed by the worker after the day; then
the hashes cannot be reversed or matched with those of another day. PostgreSQL computes the hash, so no process knows the
key.

Encryption and keyed hashes use keys derived from SECRET_KEY, one per purpose, so a copy of the database alone reveals
nothing. After a change of SECRET_KEY, earlier values work with SECRET_KEY_FALLBACKS. Django's signer compares in constant
time; the salt prevents a token for one purpose from being used for another.
"""

import hmac
import secrets
from base64 import urlsafe_b64encode
from datetime import UTC, date, datetime, timedelta
from hashlib import sha256
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Any, Final

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.core import signing
from django.db import connection, models
from django.utils import timezone

from iria.core.jobs import job
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
    personal_data="rate_limits",
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
    (hashed,) = with_key(f"SELECT {HASH_SQL}", [storable(f"{purpose}\n{who}")])
    return str(hashed)


def storable(text: str) -> str:
    """The text without NUL characters, which PostgreSQL does not store."""
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
            row: tuple[Any, ...] | None = cursor.fetchone()
            if row is not None:
                return row
            cursor.execute(
                "INSERT INTO iria_dailykey (day, key) VALUES (%s, %s) ON CONFLICT DO NOTHING",
                [day, secrets.token_bytes(KEY_BYTES)],
            )


@job("iria.destroy_past_keys", cron="1 * * * *", retry=2)
def destroy_past_keys() -> int:
    """Destroys the keys of past days, and of future ones that a wrong clock has left; returns the number.

    The key of tomorrow is kept, in case a clock was a little ahead.
    """
    now = today()
    deleted, _ = DailyKey.objects.exclude(day__range=(now, now + timedelta(days=1))).delete()
    return deleted


def cache_key(key: str, prefix: str, version: int) -> str:
    """The KEY_FUNCTION of the cache: hashes allauth's rate limit keys, which contain IP or e-mail addresses.

    Other keys are unchanged; one of them stores a code that was used already, and must still
    match a second after midnight.
    """
    if key.startswith(RATE_LIMIT_PREFIX):
        key = daily_hash("cache", key)
    return f"{prefix}:{version}:{key}"


@model_policy(
    public=None,
    personal_data="rate_limits",
    pruning=Pruning("iria.delete_expired_rate_counts", "Deleted within an hour after they expire."),
)
class RateCount(models.Model):
    """The number of attempts of one key in a time window.

    The key is a hash of client and window with the key of the day, which is destroyed at the end of the
    day. The table contains no IP address, and its rows cannot be matched across windows.
    """

    key = models.CharField(max_length=64, primary_key=True)
    count = models.PositiveIntegerField(default=1)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        app_label = "iria"

    def __str__(self) -> str:
        return f"{self.count} until {self.expires_at:%H:%M}"


COUNT: Final = (
    f"INSERT INTO iria_ratecount AS known (count, expires_at, key) SELECT 1, %s, {HASH_SQL}"
    " ON CONFLICT (key) DO UPDATE SET count = known.count + 1 RETURNING count"
)


def count_and_allow(scope: str, who: str, *, limit: int, per: timedelta) -> bool:
    """Counts an attempt of `who` in `scope`; False if there were more than `limit` in the window.

    Windows are fixed: with 5 per minute, ten attempts can pass around the start of a minute.
    Counting restarts every day (UTC) with a new key, so no window is longer than a day.
    A single statement avoids a race between processes.
    """
    now, who = timezone.now(), one_sender(who)
    text = f"{scope}\n{who}\n{window(now, per):.0f}\n{per.total_seconds()}"
    (count,) = with_key(COUNT, [now + per, storable(text)])
    return bool(count <= limit)


def window(now: datetime, per: timedelta) -> float:
    return now.timestamp() // per.total_seconds()


def one_sender(who: str) -> str:
    """The /64 network of an IPv6 address, since one client has all of its addresses (RFC 6177)."""
    try:
        ip = ip_address(who)
    except ValueError:
        return who
    if isinstance(ip, IPv4Address):
        return who
    if ip.ipv4_mapped:
        return str(ip.ipv4_mapped)
    return str(ip_network((ip, 64), strict=False))


@job(
    "iria.delete_expired_rate_counts",
    cron="17 * * * *",
    aliases=["iria.forget_expired_limits"],
    retry=2,
)
def delete_expired() -> int:
    """Deletes counts of past windows; the worker calls it every hour."""
    deleted, _ = RateCount.objects.filter(expires_at__lt=timezone.now()).delete()
    return deleted


class DecryptionFailed(Exception):
    """Encrypted with a key that is neither SECRET_KEY nor one of its fallbacks."""


def encrypt(text: str, *, purpose: str) -> str:
    return _keys(purpose).encrypt(text.encode()).decode()


def decrypt(encrypted: str, *, purpose: str) -> str:
    """Decrypts a text.

    Raises:
        DecryptionFailed
    """
    try:
        return _keys(purpose).decrypt(encrypted.encode()).decode()
    except InvalidToken as error:
        raise DecryptionFailed from error


def keyed_hash(text: str, *, purpose: str) -> str:
    """A hash (64 hex digits) that cannot be computed without the secret."""
    return _hmac(text, purpose, settings.SECRET_KEY)


def keyed_hashes(text: str, *, purpose: str) -> list[str]:
    """The hashes of a text with the current and with former secrets."""
    return [_hmac(text, purpose, secret) for secret in _secrets()]


def _hmac(text: str, purpose: str, secret: str) -> str:
    return hmac.new(secret.encode(), f"{purpose}\0{text}".encode(), sha256).hexdigest()


def _keys(purpose: str) -> MultiFernet:
    """The first key encrypts, all of them decrypt, so that SECRET_KEY can be changed."""
    return MultiFernet(
        [
            Fernet(urlsafe_b64encode(sha256(f"{purpose}\0{secret}".encode()).digest()))
            for secret in _secrets()
        ]
    )


def _secrets() -> list[str]:
    return [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]


class ExpiredToken(Exception):
    """The token is valid but too old."""

    def __init__(self, value: Any = None) -> None:
        super().__init__()
        self.value = value


class BrokenToken(Exception):
    """The token is incomplete, changed, or for another purpose."""


def make_token(value: Any, *, purpose: str) -> str:
    """A URL-safe token for a JSON value."""
    return signing.dumps(value, salt=f"iria.{purpose}", compress=False)


def read_token(token: str, *, purpose: str, valid_for: timedelta) -> Any:
    """The value of a token.

    Raises:
        ExpiredToken, BrokenToken
    """
    try:
        return signing.loads(token, salt=f"iria.{purpose}", max_age=valid_for)
    except signing.SignatureExpired as error:
        raise ExpiredToken(signing.loads(token, salt=f"iria.{purpose}")) from error
    except (signing.BadSignature, ValueError, UnicodeError) as error:
        raise BrokenToken from error
