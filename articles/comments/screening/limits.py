"""How many comments are taken, and how soon; who comes too often is asked to wait."""

from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from articles.editorial.models import Article
from iria.kit.ratelimit import count_and_allow

TOO_QUICK: Final = timedelta(seconds=3)
PER_ADDRESS: Final = (6, timedelta(minutes=10))
PER_ARTICLE: Final = (400, timedelta(minutes=10))


def is_too_quick(age: timedelta) -> bool:
    """Whether a form came back sooner than a person writes.

    A negative age means that the server's clock was set back; that is not the writer's fault.
    """
    return timedelta(0) <= age < TOO_QUICK


def too_many(article: Article, address: str) -> bool:
    """Counts one comment; True when this address or this article has had too many lately.

    A whole IPv6 /64 counts as one address, since that is what one connection is given. Without an
    address (a Unix socket and no trusted proxy) only the article is counted.
    """
    limit, per = PER_ARTICLE
    if not count_and_allow("comments below", str(article.pk), limit=limit, per=per):
        return True
    limit, per = PER_ADDRESS
    who = _connection(address)
    return bool(who) and not count_and_allow("comments from", who, limit=limit, per=per)


def _connection(address: str) -> str:
    try:
        parsed = ip_address(address)
    except ValueError:
        return ""
    if isinstance(parsed, IPv6Address):
        if parsed.ipv4_mapped:
            return str(parsed.ipv4_mapped)
        return str(ip_network((parsed, 64), strict=False))
    return str(parsed)
