"""How often somebody may do something, counted in PostgreSQL once for all processes."""

from datetime import timedelta
from ipaddress import IPv4Address, ip_address, ip_network
from typing import Final

from django.db import models
from django.utils import timezone

from iria.core import privacy
from iria.core.model_policy import model_policy
from iria.core.security import daily_key


@model_policy(public=None, personal_data=privacy.RATE_LIMITS)
class RateCount(models.Model):
    """How many times a key was seen in one window of time.

    The key is a hash of who and which window under the key of the day, which is destroyed with the
    day: the table holds no address that could be read back or followed from one window to the next.
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
    """Counts one attempt of `who` in `scope`; False once there were more than `limit` in the window.

    Windows are fixed: with limit 5 per minute, ten attempts can pass around a turn of the minute.
    All counting begins anew with the day (UTC), as its key does; so no window is longer than that.
    One statement, so that two processes cannot both be the fifth.
    """
    now, who = timezone.now(), one_sender(who)
    window = int(now.timestamp() // per.total_seconds())
    text = f"{scope}\n{who}\n{window}\n{per.total_seconds()}"
    (count,) = daily_key.with_key(COUNT, [now + per, daily_key.storable(text)])
    return bool(count <= limit)


def one_sender(who: str) -> str:
    """Whoever has one IPv6 address has 2^64 of them: the network stands for all (RFC 6177)."""
    try:
        address = ip_address(who)
    except ValueError:
        return who
    if isinstance(address, IPv4Address):
        return who
    if address.ipv4_mapped:
        return str(address.ipv4_mapped)
    return str(ip_network((address, 64), strict=False))


def delete_expired() -> int:
    """Removes counts whose window is over; the worker does this every hour."""
    deleted, _ = RateCount.objects.filter(expires_at__lt=timezone.now()).delete()
    return deleted
