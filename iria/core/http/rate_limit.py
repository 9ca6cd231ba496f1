"""Rate limits, counted in PostgreSQL for all processes."""

from datetime import timedelta
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Final

from django.db import models
from django.utils import timezone

from iria.core import data_inventory
from iria.core.model_policy import Pruning, model_policy
from iria.core.security import daily_key


@model_policy(
    public=None,
    personal_data=data_inventory.RATE_LIMITS,
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
    f"INSERT INTO iria_ratecount AS known (count, expires_at, key) SELECT 1, %s, {daily_key.HASH_SQL}"
    " ON CONFLICT (key) DO UPDATE SET count = known.count + 1 RETURNING count"
)


def count_and_allow(scope: str, who: str, *, limit: int, per: timedelta) -> bool:
    """Counts an attempt of `who` in `scope`; False if there were more than `limit` in the window.

    Windows are fixed: with 5 per minute, ten attempts can pass around the start of a minute.
    Counting restarts every day (UTC) with a new key, so no window is longer than a day.
    A single statement avoids a race between processes.
    """
    now, who = timezone.now(), one_sender(who)
    window = int(now.timestamp() // per.total_seconds())
    text = f"{scope}\n{who}\n{window}\n{per.total_seconds()}"
    (count,) = daily_key.with_key(COUNT, [now + per, daily_key.storable(text)])
    return bool(count <= limit)


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


def delete_expired() -> int:
    """Deletes counts of past windows; the worker calls it every hour."""
    deleted, _ = RateCount.objects.filter(expires_at__lt=timezone.now()).delete()
    return deleted
