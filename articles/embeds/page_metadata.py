"""Title and image of a page of another site: from oEmbed, Open Graph or its `<title>`.

Everything here comes from strangers: texts are cut, and leave as plain text on one line.
"""

import codecs
import json
import re
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote, urljoin, urlsplit

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from iria.core.text.validators import INVISIBLE, one_line, storable

LONGEST_TITLE: Final = 200
LONGEST_READ: Final = 4_000
"""Characters of a text that are looked at."""
CHARSET: Final = re.compile(r"charset\s*=\s*[\"']?([a-z0-9_.:-]{2,40})", re.IGNORECASE)
DECLARED_WITHIN: Final = 2_048
"""Bytes in which a page declares its encoding; browsers look at half of that."""

OEMBED: Final = {
    "www.youtube.com": "https://www.youtube.com/oembed?format=json&url={url}",
    "youtube.com": "https://www.youtube.com/oembed?format=json&url={url}",
    "m.youtube.com": "https://www.youtube.com/oembed?format=json&url={url}",
    "youtu.be": "https://www.youtube.com/oembed?format=json&url={url}",
    "vimeo.com": "https://vimeo.com/api/oembed.json?url={url}",
    "soundcloud.com": "https://soundcloud.com/oembed?format=json&url={url}",
    "datawrapper.dwcdn.net": "https://api.datawrapper.de/v3/oembed/?format=json&url={url}",
}
"""By host; documented by these sites. Other pages are read themselves."""


@dataclass(frozen=True, slots=True)
class PageMetadata:
    """What a page says of itself; each may be empty."""

    title: str = ""
    image_url: str = ""


def oembed_url(url: str) -> str:
    """The URL with the oEmbed response for a page; empty if its site is not known to have one."""
    endpoint = OEMBED.get(urlsplit(url).netloc, "")
    return endpoint.format(url=quote(url, safe=""))


def from_oembed(content: bytes, url: str) -> PageMetadata:
    """From an oEmbed response (oembed.com, version 1.0).

    Raises:
        ValueError: it is not a JSON object.
    """
    try:
        found = json.loads(content)
    except RecursionError as error:
        raise ValueError(str(error)) from error
    if not isinstance(found, dict):
        message = "The oEmbed response is not a JSON object."
        raise ValueError(message)
    return PageMetadata(
        title=_clean(found.get("title")),
        image_url=_absolute(found.get("thumbnail_url"), url),
    )


def from_page(content: bytes, content_type: str, url: str) -> PageMetadata:
    """From the start of a page: Open Graph (ogp.me) first, then the names of Twitter and HTML's own."""
    tree = _parse(_decode(content, content_type))
    if tree is None:
        return PageMetadata()
    named: dict[str, str] = {}
    for meta in tree.iter("meta"):
        name = (meta.get("property") or meta.get("name") or "").strip().lower()
        if value := (meta.get("content") or "").strip():
            named.setdefault(name, value)
    titles = [named.get("og:title"), named.get("twitter:title"), _title_element(tree)]
    images = [named.get("og:image:secure_url"), named.get("og:image"), named.get("twitter:image")]
    return PageMetadata(
        title=next((text for each in titles if (text := _clean(each))), ""),
        image_url=next((found for each in images if (found := _absolute(each, url))), ""),
    )


def _title_element(tree: HtmlElement) -> str:
    return next((text for each in tree.iter("title") if (text := "".join(each.itertext()))), "")


def _decode(content: bytes, content_type: str) -> str:
    """As its header or its markup says, else as UTF-8; wrong bytes become replacement characters."""
    if content.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
        return content.decode("utf-16", "replace")
    head = content[:DECLARED_WITHIN].decode("ascii", "replace")
    for text in (content_type, head):
        if declared := CHARSET.search(text):
            try:
                # For browsers, Latin-1 means Windows-1252 (WHATWG Encoding Standard).
                name = codecs.lookup(declared[1]).name
                return content.decode("cp1252" if name == "iso8859-1" else name, "replace")
            except (LookupError, ValueError):
                continue
    return content.decode("utf-8", "replace")


def _parse(text: str) -> HtmlElement | None:
    try:
        # As UTF-8: a string with an XML declaration would be refused.
        parser = lxml_html.HTMLParser(encoding="utf-8")
        return lxml_html.document_fromstring(storable(text).encode(), parser=parser)
    except (etree.LxmlError, ValueError):
        return None


def _clean(value: Any) -> str:
    """A text on one line, cut if it is long; empty if it is none."""
    if not isinstance(value, str):
        return ""
    text = INVISIBLE.sub("", one_line(storable(value[:LONGEST_READ])))
    text = " ".join(text.replace("\ufffd", "").split())
    return text if len(text) <= LONGEST_TITLE else f"{text[: LONGEST_TITLE - 1].rstrip()}…"


def _absolute(value: Any, base: str) -> str:
    """The URL of an image; empty if it is not one that can be fetched."""
    if not isinstance(value, str) or not value.strip() or len(value) > LONGEST_READ:
        return ""
    try:
        url = urljoin(base, value.strip())
        return url if urlsplit(url).scheme in {"http", "https"} else ""
    except ValueError:
        return ""
