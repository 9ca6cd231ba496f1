"""A body as a tree, and back."""

import re
from html import escape
from typing import Final

from lxml import html as lxml_html
from lxml.html import HtmlElement

UNREADABLE: Final = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""What XML, and so lxml, cannot hold; cleaned bodies have none of it."""


def parse(body: str) -> HtmlElement:
    """The body's elements inside one `div`."""
    return lxml_html.fragment_fromstring(UNREADABLE.sub("", body), create_parent="div")


def inner_html(element: HtmlElement) -> str:
    """What stands inside the element, as HTML."""
    parts = [escape(element.text or "", quote=False)]
    parts += [lxml_html.tostring(child, encoding="unicode") for child in element]
    return "".join(parts)


def text_of(element: HtmlElement) -> str:
    """The element's words on one line."""
    return " ".join("".join(element.itertext()).split())


def replace(element: HtmlElement, other: HtmlElement) -> None:
    """Puts another element where this one stands; the words after it stay."""
    parent = element.getparent()
    if parent is not None:
        other.tail = element.tail
        parent.replace(element, other)
