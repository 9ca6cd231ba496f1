"""Whole HTML pages, as exports contain them. Plain Python."""

from collections.abc import Iterator

from lxml import etree
from lxml import html as lxml_html
from lxml.html import HtmlElement

from articles.body.tree import UNREADABLE, inner_html


def parse(page: str) -> HtmlElement:
    """The elements; an empty page if there are none."""
    try:
        return lxml_html.document_fromstring(UNREADABLE.sub("", page) or "<p></p>")
    except (etree.ParserError, etree.XMLSyntaxError, ValueError):
        return lxml_html.document_fromstring("<p></p>")


def with_class(tree: HtmlElement, name: str) -> Iterator[HtmlElement]:
    for element in tree.iter():
        if isinstance(element.tag, str) and name in (element.get("class") or "").split():
            yield element


def first(tree: HtmlElement, name: str) -> HtmlElement | None:
    return next(with_class(tree, name), None)


def text_of(element: HtmlElement | None) -> str:
    """On one line."""
    return "" if element is None else " ".join("".join(element.itertext()).split())


def html_of(element: HtmlElement | None) -> str:
    return "" if element is None else inner_html(element)
