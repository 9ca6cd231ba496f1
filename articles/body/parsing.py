"""A body as a tree, and back."""

from html import escape

from lxml import html as lxml_html
from lxml.html import HtmlElement


def parse(body: str) -> HtmlElement:
    """The body's elements inside one `div`."""
    # A NUL would end libxml2's reading early; it can only come from outside the forms.
    return lxml_html.fragment_fromstring(body.replace("\x00", ""), create_parent="div")


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
