"""The first look at a comment, before a person sees it: what it says, in words, and what follows.

Every comment is held for a moderator. Only a filled trap decides more, and even then the comment
is kept where a moderator can find it.
"""

import re
from dataclasses import dataclass
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from articles.comments.models import Comment
from articles.editorial.models import Article
from iria.kit.ratelimit import count_and_allow

TOO_QUICK: Final = timedelta(seconds=3)
PER_ADDRESS: Final = (6, timedelta(minutes=10))
PER_ARTICLE: Final = (400, timedelta(minutes=10))
LINK: Final = re.compile(r"(?:https?://|www\.)\S", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Verdict:
    """What becomes of a new comment, and why, in words for the moderator."""

    state: Comment.State
    reason: str


def first_look(text: str, *, trap: str) -> Verdict:
    """What becomes of a new comment.

    Args:
        trap: what stood in the field that people do not see.
    """
    if trap.strip():
        return Verdict(Comment.State.SPAM, "The field that people do not see was filled in.")
    links = len(LINK.findall(text))
    if links:
        noun = "one link" if links == 1 else f"{links} links"
        return Verdict(Comment.State.HELD, f"Every comment is held first. It has {noun}.")
    return Verdict(Comment.State.HELD, "Every comment is held first.")


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
