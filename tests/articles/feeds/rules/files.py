"""Media types, lengths, numbers and values of Media RSS."""

import re
from collections.abc import Iterator
from typing import Final

from lxml import etree

from tests.articles.feeds.rules.names import name_of, text_of

Found = Iterator[tuple[str, str]]

MEDIA_TYPE: Final = re.compile(r"[a-zA-Z0-9][\w.+-]*/[a-zA-Z0-9*][\w.+-]*(\s*;.*)?")
LANGUAGE: Final = re.compile(r"[a-zA-Z]{1,8}(-[a-zA-Z0-9]{1,8})*")
CARRY_A_TYPE: Final = frozenset({"atom:link", "enclosure", "media:content"})
ATOM_TEXT: Final = frozenset({"atom:title", "atom:summary", "atom:subtitle", "atom:rights"})
NAMED_TYPES: Final = frozenset({"text", "html", "xhtml"})

COUNTS: Final = {"ttl": 1, "sy:updateFrequency": 1, "slash:comments": 0, "thr:total": 0}
"""Elements with an integer → its minimum."""
NUMBERS: Final = {"width": 1, "height": 1, "fileSize": 1, "length": 0, "duration": 1}
"""The same for attributes of files."""
COUNT: Final = "{http://purl.org/syndication/thread/1.0}count"

MEDIUMS: Final = frozenset({"image", "audio", "video", "document", "executable"})
RATINGS: Final = {
    "urn:simple": {"adult", "nonadult"},
    "urn:mpaa": {"g", "pg", "pg-13", "r", "nc-17", "nr", "ur"},
    "urn:v-chip": {"tv-y", "tv-y7", "tv-y7-fv", "tv-g", "tv-pg", "tv-14", "tv-ma"},
}


def media_types(element: etree._Element) -> Found:
    """A media type has the registered form; a language is a code."""
    name, kind = name_of(element), element.get("type")
    short = NAMED_TYPES if name in ATOM_TEXT | {"atom:content"} else frozenset()
    typed = name in CARRY_A_TYPE | ATOM_TEXT | {"atom:content"}
    if typed and kind and kind not in short and not MEDIA_TYPE.fullmatch(kind):
        yield "type", f"“{kind}” is no media type"
    if name in {"language", "dc:language"} and not LANGUAGE.fullmatch(text_of(element).strip()):
        yield "type", f"{name}: no code of a language"


def whole_numbers(element: etree._Element) -> Found:
    name = name_of(element)
    if name in COUNTS and not _whole(text_of(element), COUNTS[name]):
        yield "number", f"{name} is no whole number"
    if name in {"enclosure", "media:content", "media:thumbnail"} or name == "atom:link":
        for attribute, least in {**NUMBERS, COUNT: 0}.items():
            value = element.get(attribute)
            if value is not None and not _whole(value, least):
                yield "number", f"{attribute.rpartition('}')[2]} is no whole number"


def _whole(text: str, least: int) -> bool:
    text = text.strip()
    return text.isascii() and text.isdecimal() and int(text) >= least


def media(element: etree._Element) -> Found:
    """Media RSS has its own values for medium, restrictions and roles."""
    name, text = name_of(element), text_of(element).strip()
    if name == "media:content" and element.get("medium", "image") not in MEDIUMS:
        yield "media", "medium is none of five"
    if name == "media:rating":
        known = RATINGS.get(element.get("scheme", "urn:simple"))
        if known is not None and text.lower() not in known:
            yield "media", "a rating its scheme does not know"
    if name == "media:credit" and element.get("role", "") != element.get("role", "").lower():
        yield "media", "media:credit: a role is written small"
    if name in {"media:title", "media:description"} and element.get("type", "plain") not in {
        "plain",
        "html",
    }:
        yield "media", f"{name}: plain or html"
    if name == "media:hash" and element.get("algo", "md5") not in {"md5", "sha-1"}:
        yield "media", "a hash of unknown make"
    if name == "media:restriction":
        if element.get("relationship") not in {"allow", "deny"}:
            yield "media", "allow or deny"
        if element.get("type", "country") not in {"country", "uri", "sharing"}:
            yield "media", "a restriction of unknown type"


RULES: Final = (media_types, whole_numbers, media)
