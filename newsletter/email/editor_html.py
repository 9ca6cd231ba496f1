"""The HTML that editors write before and after the articles: cleaned, and as plain text."""

import re
from html import escape
from typing import Final
from urllib.parse import urljoin

import nh3
from lxml.html import HtmlElement

from articles.body.tree import parse
from iria.publication.mail.rendering import wrapped

TAGS: Final = frozenset({"p", "br", "strong", "em", "b", "i", "sub", "sup", "a", "ul", "ol", "li"})
TAG: Final = re.compile(r"</?[A-Za-z!]")


def clean(html: str) -> str:
    """Sanitises HTML; a single empty paragraph becomes an empty string.

    Without JavaScript the field is a textarea: its text has no tags, and empty lines separate
    paragraphs.
    """
    cleaned = _cleaned(html if TAG.search(html) else _paragraphed(html), "pass_through")
    return cleaned if TAG.search(cleaned) or not cleaned else f"<p>{cleaned}</p>"


def absolute(html: str, site: str) -> str:
    """Makes all links absolute, as an e-mail has no base URL."""
    return _cleaned(html, lambda href: urljoin(f"{site}/", href))


def _paragraphed(text: str) -> str:
    parts = re.split(r"\n\s*\n", text.replace("\r\n", "\n"))
    return "".join(
        f"<p>{escape(part.strip(), quote=False).replace(chr(10), '<br>')}</p>" for part in parts
    )


def _cleaned(html: str, relative: object) -> str:
    cleaner = nh3.Cleaner(
        tags=set(TAGS),
        attributes={"a": {"href"}, "ol": {"start"}, "p": {"dir", "lang"}},
        url_schemes={"http", "https", "mailto", "tel"},
        url_relative=relative,  # type: ignore[arg-type]
        link_rel=None,
    )
    cleaned = cleaner.clean(html).strip()
    return cleaned if parse(cleaned).text_content().strip() else ""


def as_plain_text(html: str) -> str:
    """Returns paragraphs of plain text, with the URL of each link after its text."""
    blocks: list[str] = []
    loose: list[str] = []
    tree = parse(html)
    for link in list(tree.iter("a")):
        _write_url(link)
    for line_break in list(tree.iter("br")):
        line_break.tail = "\n" + (line_break.tail or "")
    if tree.text and tree.text.strip():
        loose.append(tree.text)
    for element in tree:
        if element.tag in {"ul", "ol"}:
            blocks += [*_paragraphs(loose), _list(element)]
            loose = []
        elif element.tag == "p":
            blocks += [*_paragraphs(loose), *_paragraphs([element.text_content()])]
            loose = []
        else:
            loose.append(element.text_content())
        loose.append(element.tail or "")
    blocks += _paragraphs(loose)
    return "\n\n".join(blocks)


def _paragraphs(parts: list[str]) -> list[str]:
    lines = [wrapped(line) for line in "".join(parts).split("\n") if line.strip()]
    return ["\n".join(lines)] if lines else []


def _list(element: HtmlElement) -> str:
    """Returns one line per item; a nested list is part of its item."""
    ordered = element.tag == "ol"
    rows = []
    for number, entry in enumerate(element.findall("li"), start=1):
        mark = f"{number}. " if ordered else "– "
        rows.append(wrapped(entry.text_content(), first=mark, rest=" " * len(mark)))
    return "\n".join(rows)


def _write_url(link: HtmlElement) -> None:
    href = (link.get("href") or "").removeprefix("mailto:")
    words = link.text_content().strip()
    if href and href.rstrip("/") != words.rstrip("/"):
        link.tail = f" ({href})" + (link.tail or "")
