"""Dates, ids and URLs."""

import re
from calendar import monthrange
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Final
from urllib.parse import urlsplit

from lxml import etree

from tests.articles.feeds.rules.names import name_of, parent_of, text_of

Found = Iterator[tuple[str, str]]

RFC3339: Final = re.compile(
    r"(\d{4})-(\d\d)-(\d\d)T([01]\d|2[0-3]):[0-5]\d:([0-5]\d|60)(\.\d+)?"
    r"(Z|[+-]([01]\d|2[0-3]):[0-5]\d)"
)
W3CDTF: Final = re.compile(rf"\d{{4}}(-\d\d(-\d\d)?)?|{RFC3339.pattern}|[-\dT:]+(Z|[+-]\d\d:\d\d)")
ZONES: Final = "UT|GMT|EST|EDT|CST|CDT|MST|MDT|PST|PDT|Z"
RFC822: Final = re.compile(
    r"((Mon|Tue|Wed|Thu|Fri|Sat|Sun), )?\d{1,2} "
    r"(Jan|Feb|Mar|Apr|May|Jun|Jul|Aug|Sep|Oct|Nov|Dec) \d{2,4} "
    rf"\d\d:\d\d(:\d\d)? ([+-]\d{{4}}|{ZONES})"
)
DATES: Final = {"atom:updated": RFC3339, "atom:published": RFC3339, "dc:date": W3CDTF}
OLD_DATES: Final = frozenset({"pubDate", "lastBuildDate"})
IDS: Final = frozenset({"atom:id", "guid"})

DAY: Final = r"\d{4}(-(0[1-9]|1[0-2])(-(0[1-9]|[12]\d|3[01]))?)?"
HOST: Final = r"[A-Za-z0-9]([-A-Za-z0-9.]*[A-Za-z0-9])?"
TAG: Final = re.compile(
    rf"tag:({HOST}|[-A-Za-z0-9._+]+@{HOST}),{DAY}:"
    r"([-A-Za-z0-9._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*"
    r"(#([-A-Za-z0-9._~!$&'()*+,;=:@/?]|%[0-9A-Fa-f]{2})*)?"
)
URN: Final = re.compile(
    r"urn:[A-Za-z0-9][-A-Za-z0-9]{0,31}:([-A-Za-z0-9()+,.:=@;$_!*']|%[0-9A-Fa-f]{2})+"
)
SCHEME: Final = re.compile(r"[A-Za-z][-A-Za-z0-9+.]*:")
FORBIDDEN: Final = re.compile(r"[\s<>\"{}|\\^`]")

WHOLE: Final = frozenset(
    {"link", "comments", "docs", "url", "atom:uri", "atom:logo", "atom:icon", "wfw:commentRss"}
    | {"other:ping", "other:license", "other:mySubscriptions"}
)
"""Elements whose text is a URL; absolute in RSS, possibly relative to xml:base in Atom."""

LINKS: Final = {
    "enclosure": ("url",),
    "source": ("url",),
    "media:content": ("url",),
    "media:thumbnail": ("url",),
    "media:player": ("url",),
    "media:category": ("scheme",),
    "media:rating": ("scheme",),
    "media:credit": ("scheme",),
    "itunes:image": ("href",),
    "atom:category": ("scheme",),
    "atom:link": ("href",),
    "atom:generator": ("uri",),
    "thr:in-reply-to": ("ref", "href"),
}
ABOUT: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
BASE: Final = "{http://www.w3.org/XML/1998/namespace}base"
LEANS: Final = frozenset({"atom:link", "atom:uri", "atom:logo", "atom:icon", "atom:generator"})


def dates(element: etree._Element) -> Found:
    name, text = name_of(element), text_of(element)
    if name in DATES:
        if not DATES[name].fullmatch(text.strip()) or not _is_valid_date(text.strip()):
            yield "date", f"“{text}” is no date"
        elif text != text.strip():
            yield "address", "white space around a date"
    if name in OLD_DATES:
        yield from _old_date(text.strip())


def _is_valid_date(text: str) -> bool:
    parts = [int(part) for part in re.findall(r"\d+", text.split("T")[0])]
    if len(parts) < 3:
        return True
    year, month, day = parts
    return 1 <= month <= 12 and year > 0 and 1 <= day <= monthrange(year, month)[1]


def _old_date(text: str) -> Found:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        moment = None
    if moment is None or not RFC822.fullmatch(text):
        yield "date", f"“{text}” is no date"
        return
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment > datetime.now(UTC) + timedelta(days=366):
        yield "date", f"“{text}” lies far ahead"


def ids(element: etree._Element) -> Found:
    """An absolute URI in its canonical form; tag URIs and URNs follow their standards."""
    name, text = name_of(element), text_of(element).strip()
    if name not in IDS or not text:
        return
    if name == "guid" and element.get("isPermaLink", "true") == "false":
        return
    if name == "guid" and not re.match(r"https?://[^\s/]+", text):
        yield "id", "a permalink is a web address"
    elif text.startswith("tag:") and not TAG.fullmatch(text):
        yield "id", f"“{text}” is no tag URI"
    elif text.startswith("urn:") and not URN.fullmatch(text):
        yield "id", f"“{text}” is no URN"
    elif name == "atom:id" and not SCHEME.match(text):
        yield "address", "an id must be a whole URI"
    elif not _is_canonical(text):
        yield "id", f"“{text}” is not canonical"


def _is_canonical(text: str) -> bool:
    parts = urlsplit(text)
    if parts.scheme not in {"http", "https"}:
        return True
    default = {"http": ":80", "https": ":443"}[parts.scheme]
    return (
        parts.netloc == parts.netloc.lower()
        and not parts.netloc.endswith(default)
        and text.startswith(parts.scheme)
        and parts.path != ""
        and not re.search(r"/\.{1,2}(/|$)", parts.path)
        and not re.search(r"%(2[dDeE]|5[fF]|7[eE]|[46][1-9a-fA-F]|[57][0-9aA]|3\d)", text)
        and not re.search(r"%[0-9a-fA-F]?[a-f]", text)
    )


def urls(element: etree._Element) -> Found:
    """Absolute URLs without spaces; relative ones only in Atom with `xml:base`."""
    name = name_of(element)
    for attribute in LINKS.get(name, ()):
        value = element.get(attribute)
        if value is not None:
            yield from _address(element, value, relative_allowed=name in LEANS, about=attribute)
    if element.get(ABOUT) is not None:
        yield from _address(
            element, str(element.get(ABOUT)), relative_allowed=False, about="rdf:about"
        )
    if name in WHOLE and len(element) == 0 and text_of(element).strip():
        text = text_of(element) if name.startswith("atom:") else text_of(element).strip()
        yield from _address(element, text, relative_allowed=name in LEANS, about=name)
    own = name == "atom:link" and element.get("rel") == "self"
    based = any(node.get(BASE) for node in (element, element.getroottree().getroot()))
    if own and not element.get("href", "x") and not based:
        yield "address", "a feed's own address must be whole"


def _address(element: etree._Element, value: str, *, relative_allowed: bool, about: str) -> Found:
    rss = not str(element.getroottree().getroot().tag).endswith("}feed")
    if FORBIDDEN.search(value):
        yield "address", f"{about} holds what no address may"
    elif not SCHEME.match(value):
        if rss or not relative_allowed:
            yield "address", f"{about} is not a whole address"
    elif not _has_host(value) or (rss and parent_of(element) != "rdf:RDF" and not value.isascii()):
        yield "address", f"{about} is no address"


def _has_host(value: str) -> bool:
    try:
        parts = urlsplit(value)
        port_is_fine = parts.port is None or parts.port > 0
    except ValueError:
        return False
    return port_is_fine and (parts.scheme not in {"http", "https", "ftp"} or bool(parts.hostname))


RULES: Final = (dates, ids, urls)
