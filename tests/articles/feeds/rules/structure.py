"""Required elements and elements that may appear only once."""

from collections import Counter
from collections.abc import Iterator
from typing import Final

from lxml import etree

from tests.articles.feeds.rules.names import name_of, parent_of, text_of

Found = Iterator[tuple[str, str]]

CONTAINERS: Final = frozenset(
    {"rss", "rdf:RDF", "channel", "item", "image", "textInput", "atom:feed", "atom:entry"}
    | {"atom:source", "atom:author", "atom:contributor", "media:content", "media:group"}
)
SEVERAL: Final = frozenset(
    {"item", "category", "atom:entry", "atom:link", "atom:category", "atom:author", "rdf:li"}
    | {"atom:contributor", "dc:creator", "dc:subject", "dc:contributor", "dc:date:item"}
    | {"media:content", "media:group", "media:thumbnail", "media:credit", "media:category"}
    | {"media:keywords", "media:rating", "media:text", "media:restriction", "media:hash"}
    | {"other:about", "other:item", "other:latitude", "other:longitude"}
    | {"media:player", "itunes:category", "thr:in-reply-to", "enclosure:rdf", "image:rdf"}
)
"""All other elements appear at most once in their container."""

REQUIRED: Final = {
    "atom:feed": ("atom:id", "atom:title", "atom:updated"),
    "atom:entry": ("atom:id", "atom:title", "atom:updated"),
    "atom:source": ("atom:id", "atom:title", "atom:updated"),
    "atom:author": ("atom:name",),
    "atom:contributor": ("atom:name",),
    "rss": ("channel",),
    "channel": ("title", "link", "description"),
    "image": ("url", "title", "link"),
    "textInput": ("title", "description", "name", "link"),
    "skipDays": ("day",),
    "skipHours": ("hour",),
}
ATTRIBUTES: Final = {
    "atom:link": ("href",),
    "atom:category": ("term",),
    "enclosure": ("url", "length", "type"),
    "cloud": ("domain", "port", "path", "registerProcedure", "protocol"),
    "source": ("url",),
    "media:thumbnail": ("url",),
    "media:player": ("url",),
    "media:restriction": ("relationship",),
    "itunes:category": ("text",),
}
RDF_ABOUT: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}about"
MAY_BE_EMPTY: Final = frozenset(
    {"atom:content", "atom:summary", "description", "content:encoded", "atom:rights", "enclosure"}
    | {"cloud", "atom:link", "atom:category", "atom:subtitle", "items", "source", "rdf:li"}
)


def once(element: etree._Element) -> Found:
    """Few elements may be repeated; links only with another relation, type or language."""
    container = name_of(element)
    if container not in CONTAINERS:
        return
    rdf = str(element.getroottree().getroot().tag).endswith("RDF")
    counts = Counter(name_of(child) for child in element.iterchildren(etree.Element))
    for name, count in counts.items():
        several = name in SEVERAL or f"{name}:{container}" in SEVERAL
        if count > 1 and not several and not (rdf and f"{name}:rdf" in SEVERAL):
            yield "repeated", f"{name} stands {count} times"
    links: Counter[tuple[str | None, ...]] = Counter(
        (link.get("type"), link.get("hreflang"))
        for link in element.iterchildren(etree.Element)
        if name_of(link) == "atom:link" and link.get("rel", "alternate") == "alternate"
    )
    if any(count > 1 for count in links.values()):
        yield "repeated", "two alternate links of one type and language"


def unique(element: etree._Element) -> Found:
    """No two entries share an id; no hour is skipped twice."""
    name = name_of(element)
    inside = {"channel": "item/guid", "skipHours": "hour", "skipDays": "day"}.get(name)
    if inside:
        counts = Counter((found.text or "").strip() for found in element.iterfind(inside))
        if any(count > 1 for count in counts.values()):
            yield "repeated", f"two {inside} are the same"


def required(element: etree._Element) -> Found:
    name = name_of(element)
    present = {name_of(child) for child in element.iterchildren(etree.Element)}
    if name in {"atom:feed", "feed"} and "}" not in str(element.tag):
        yield "missing", "the namespace"
    for wanted in REQUIRED.get(name, ()):
        if wanted not in present:
            yield "missing", wanted
    if name == "item" and not present & {"title", "description"}:
        yield "missing", "title or description"
    if name == "atom:entry" and "atom:author" not in present:
        feed = element.getparent()
        source = element.find("{*}source")
        above = [node for node in (feed, source) if node is not None]
        if not any(name_of(child) == "atom:author" for node in above for child in node):
            yield "missing", "an author of entry or feed"
    if name.startswith("rdf") and "channel" in present:
        channel = next(child for child in element if name_of(child) == "channel")
        if not any(name_of(child) == "items" for child in channel):
            yield "missing", "items"


def attributes(element: etree._Element) -> Found:
    name = name_of(element)
    for wanted in ATTRIBUTES.get(name, ()):
        if element.get(wanted) is None:
            yield "missing", f"attribute {wanted}"
    if parent_of(element) == "rdf:RDF" and element.get(RDF_ABOUT) is None:
        yield "missing", "attribute rdf:about"
    for attribute in ("type", "rel", "href", "term"):
        if element.get(attribute) == "" and not (name == "atom:link" and attribute == "href"):
            yield "missing", f"a value of {attribute}"
    if name == "atom:content" and element.get("src") and not element.get("type"):
        yield "missing", "the type of content that lies elsewhere"


def filled(element: etree._Element) -> Found:
    """Text elements are not empty."""
    name = name_of(element)
    if name.startswith("other:"):
        return
    if element.attrib and name not in {"atom:title", "guid", "category"}:
        return
    if len(element) == 0 and not text_of(element).strip() and name not in MAY_BE_EMPTY:
        yield "missing", "words"


def xhtml_box(element: etree._Element) -> Found:
    """XHTML in Atom is inside one `div` of its own namespace."""
    if name_of(element).startswith("atom:") and element.get("type") == "xhtml":
        children = [name_of(child) for child in element.iterchildren(etree.Element)]
        if children != ["xhtml:div"] and not element.get("src"):
            yield "missing", "the div around XHTML"
        elif any(name_of(inner).startswith("atom:") for inner in element[0].iter(etree.Element)):
            yield "missing", "the namespace of XHTML"


RULES: Final = (once, unique, required, attributes, filled, xhtml_box)
