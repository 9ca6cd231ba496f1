"""The checks of the screening rules, and rate limits for comments.

Each check returns what it found as a sentence, or an empty string.
"""

import re
from collections.abc import Callable
from datetime import timedelta
from ipaddress import IPv6Address, ip_address, ip_network
from typing import Final

from articles.comments.screening.models import Check
from articles.comments.screening.submission import Knowledge, Submission
from articles.comments.screening.word_matching import found_in
from articles.comments.spam.features import LINK
from articles.editorial.models import Article
from iria.core.http.rate_limit import count_and_allow

TOO_QUICK: Final = timedelta(seconds=3)
PER_ADDRESS: Final = (6, timedelta(minutes=10))
PER_ARTICLE: Final = (400, timedelta(minutes=10))


def is_too_quick(age: timedelta) -> bool:
    """Whether a form came back sooner than a person writes.

    A negative age means that the server's clock was set back; that is not the commenter's fault.
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


type CheckFunction = Callable[[Submission, Knowledge, int], str]
"""A submission, what is known, the rule's threshold → what was seen, in words; empty for nothing."""

SHORTENERS: Final = frozenset(
    [
        "bit.ly",
        "goo.gl",
        "t.co",
        "tinyurl.com",
        "ow.ly",
        "is.gd",
        "buff.ly",
        "cutt.ly",
        "rebrand.ly",
        "shorturl.at",
        "rb.gy",
    ]
)
_BARE_NUMBER: Final = re.compile(r"^(?:https?://)?\d{1,3}(?:\.\d{1,3}){3}(?:[:/]|$)")
_HOST: Final = re.compile(r"^(?:https?://)?(?:www\.)?([\w.-]+)", re.IGNORECASE)
TAKEN_FOR_SPAM: Final = "Akismet considers it spam."
LEAST_TO_SHOUT: Final = 20
"""Letters; a shorter comment in capitals may be an acronym."""


def writer(sent: Submission, known: Knowledge, threshold: int) -> str:
    return sent.banned


def similarity(sent: Submission, known: Knowledge, threshold: int) -> str:
    return sent.alike


def rate(sent: Submission, known: Knowledge, threshold: int) -> str:
    """Threshold: how many comments by one commenter within ten minutes; 0 counts as 1."""
    number = sent.lately + 1
    if number <= max(1, threshold):
        return ""
    return f"This commenter sent {number} comments within ten minutes."


def honeypot(sent: Submission, known: Knowledge, threshold: int) -> str:
    return "The honeypot field was filled in." if sent.honeypot.strip() else ""


def banned_words(sent: Submission, known: Knowledge, threshold: int) -> str:
    return _words("banned", found_in(sent.text, known.banned))


def suspect_words(sent: Submission, known: Knowledge, threshold: int) -> str:
    return _words("suspect", found_in(sent.text, known.suspect))


def _words(kind: str, found: list[str]) -> str:
    if not found:
        return ""
    listed = ", ".join(f"“{word}”" for word in found[:3])
    more = f" and {len(found) - 3} more" if len(found) > 3 else ""
    return f"It has the {kind} {'word' if len(found) == 1 else 'words'} {listed}{more}."


def links(sent: Submission, known: Knowledge, threshold: int) -> str:
    """Threshold: the number of links from which on it speaks; 0 counts as 1."""
    number = len(LINK.findall(sent.text))
    if number < max(1, threshold):
        return ""
    return "It has one link." if number == 1 else f"It has {number} links."


def link_kinds(sent: Submission, known: Knowledge, threshold: int) -> str:
    for link in LINK.findall(sent.text):
        host = match[1].lower() if (match := _HOST.match(link)) else ""
        if host in SHORTENERS:
            return f"A link through {host} hides its target."
        if _BARE_NUMBER.match(link):
            return "A link leads to an IP address instead of a domain name."
    return ""


def duplicate(sent: Submission, known: Knowledge, threshold: int) -> str:
    """Threshold: how many others with the same words it takes; 0 counts as 1."""
    number = sent.same_words
    if number < max(1, threshold):
        return ""
    times = "once" if number == 1 else f"{number} times"
    return f"The same text was submitted {times} before, within thirty days."


def shouting(sent: Submission, known: Knowledge, threshold: int) -> str:
    """Threshold: per cent of capital letters."""
    letters = [sign for sign in sent.text if sign.isalpha()]
    capitals = sum(sign.isupper() for sign in letters)
    if len(letters) < LEAST_TO_SHOUT or 100 * capitals < threshold * len(letters):
        return ""
    return f"{100 * capitals // len(letters)} per cent of its letters are capitals."


def length(sent: Submission, known: Knowledge, threshold: int) -> str:
    """Threshold: characters."""
    number = len(sent.text)
    return f"It has {number:,} characters." if number > threshold else ""


def newcomer(sent: Submission, known: Knowledge, threshold: int) -> str:
    """Threshold: how many approved comments make a commenter known; 0 counts as 1."""
    before = sent.approved_before
    if before >= max(1, threshold):
        return ""
    if before == 0:
        return "No earlier comment by this commenter was approved."
    return f"Only {before} earlier comments by this commenter were approved."


def model(sent: Submission, known: Knowledge, threshold: int) -> str:
    if known.model is None:
        return ""
    opinion = known.model.opinion(sent.text)
    if not opinion.suspects:
        return ""
    why = f": {', '.join(opinion.reasons)}" if opinion.reasons else ""
    return f"Classified as spam{why}."


def akismet(sent: Submission, known: Knowledge, threshold: int) -> str:
    """Silent while a comment comes in: it is asked by the worker, and its answer weighed then."""
    return TAKEN_FOR_SPAM if sent.akismet else ""


def reports(sent: Submission, known: Knowledge, threshold: int) -> str:
    """Threshold: how many reports by readers; one whose reports were dismissed counts less."""
    if not sent.reported or sent.reported < max(1, threshold):
        return ""
    number = round(sent.reported)
    return "Reported by a reader." if number == 1 else f"Reported by {number} readers."


def everyone(sent: Submission, known: Knowledge, threshold: int) -> str:
    return "Every comment is pending first."


CHECKS: Final[dict[str, CheckFunction]] = {
    Check.WRITER: writer,
    Check.LIKENESS: similarity,
    Check.RATE: rate,
    Check.HONEYPOT: honeypot,
    Check.BANNED_WORDS: banned_words,
    Check.SUSPECT_WORDS: suspect_words,
    Check.LINKS: links,
    Check.LINK_KINDS: link_kinds,
    Check.DUPLICATE: duplicate,
    Check.SHOUTING: shouting,
    Check.LENGTH: length,
    Check.FIRST_COMMENT: newcomer,
    Check.MODEL: model,
    Check.AKISMET: akismet,
    Check.REPORTS: reports,
    Check.EVERYONE: everyone,
}

MEASURES: Final = {
    Check.RATE: "comments by one commenter within ten minutes allowed",
    Check.LINKS: "or more links",
    Check.DUPLICATE: "or more identical comments within thirty days",
    Check.SHOUTING: "per cent capital letters",
    Check.LENGTH: "characters",
    Check.REPORTS: "reports",
    Check.FIRST_COMMENT: "approved comments needed",
}
"""What the threshold of a rule counts; the others need none."""
