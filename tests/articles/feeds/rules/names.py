"""Short names of elements, independent of namespace prefixes."""

from typing import Final

from lxml import etree

ATOM: Final = "http://www.w3.org/2005/Atom"
PREFIXES: Final = {
    ATOM: "atom",
    "http://purl.org/rss/1.0/": "",
    "http://www.w3.org/1999/02/22-rdf-syntax-ns#": "rdf",
    "http://purl.org/rss/1.0/modules/content/": "content",
    "http://purl.org/dc/elements/1.1/": "dc",
    "http://search.yahoo.com/mrss/": "media",
    "http://www.w3.org/1999/xhtml": "xhtml",
    "http://www.itunes.com/dtds/podcast-1.0.dtd": "itunes",
    "http://purl.org/syndication/thread/1.0": "thr",
    "http://purl.org/rss/1.0/modules/syndication/": "sy",
    "http://wellformedweb.org/CommentAPI/": "wfw",
}


def short(tag: str) -> str:
    """`{http://…}title` as `atom:title`; without a namespace, or in RSS 1.0, as `title`."""
    if not tag.startswith("{"):
        return tag
    namespace, _, local = tag[1:].partition("}")
    prefix = PREFIXES.get(namespace, "other")
    return f"{prefix}:{local}" if prefix else local


def name_of(element: etree._Element) -> str:
    return short(str(element.tag))


def parent_of(element: etree._Element) -> str:
    above = element.getparent()
    return name_of(above) if above is not None else ""


def text_of(element: etree._Element) -> str:
    """The text of an element without children; with children, all of their text."""
    return "".join(str(part) for part in element.itertext())
