"""Finds the places of an image in an output, with the text for its credit at each place.

A credit somewhere in an output is not enough: it must be in the file, in the preview and with each
image. A small image or a portrait of a page has it below it, or in the list at the foot of the page.
Every place that names a file of the image is found by the format of the
output, with the field, the caption or the text that must contain the credit.
"""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any, Final, NamedTuple

from lxml import etree, html

JPEG: Final = b"\xff\xd8\xff"
"""The first bytes of a JPEG."""

TEXT_EMAIL_IMAGE: Final = re.compile(r"^\[[^\]]+: [^\]]+\]$", re.MULTILINE)
"""An image in a plain text e-mail."""

CREDIT_FIELDS: Final = ("creditText", "credit", "thumbnail_credit")
"""JSON fields with the credit of the image in the same object."""

CREDIT_ELEMENTS: Final = {
    "{http://search.yahoo.com/mrss/}content": "{http://search.yahoo.com/mrss/}credit",
    "{http://www.google.com/schemas/sitemap-image/1.1}image": (
        "{http://www.google.com/schemas/sitemap-image/1.1}caption"
    ),
}
"""XML elements of one image → their child element with the credit."""

ENTRIES: Final = {"item", "{http://www.w3.org/2005/Atom}entry"}


class ImagePlace(NamedTuple):
    """A place of an image: its kind, and the text for its credit."""

    kind: str
    text: str


def image_places(body: bytes, names: Collection[str]) -> list[ImagePlace]:
    """All places of these files in an output; in a plain text e-mail, of any image.

    Args:
        names: of the files of the image.
    """
    if body.startswith(JPEG):
        return [ImagePlace("file", body.decode("latin-1"))]
    text = body.decode(errors="replace").strip()
    if text.startswith(("{", "[{")):
        return list(_in_json(json.loads(text), names))
    if text.startswith("<?xml"):
        return list(_in_xml(etree.fromstring(body), names))
    if re.search(r"<[a-z!]", text, re.IGNORECASE):
        return list(_in_html(text, names))
    return [
        ImagePlace("letter", found)
        for found in TEXT_EMAIL_IMAGE.findall(_one_line_paragraphs(text))
    ]


def _named(value: Any, names: Collection[str]) -> bool:
    return isinstance(value, str) and any(name in value for name in names)


def _one_line_paragraphs(text: str) -> str:
    """Paragraphs as one line each."""
    return "\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", text))


# Pages, e-mails and HTML in feeds


def _in_html(text: str, names: Collection[str]) -> Iterator[ImagePlace]:
    tree = html.document_fromstring(text)
    listed = " ".join(each.text_content() for each in tree.find_class("image-credits"))
    for element in tree.iter("img"):
        if _named(element.get("src"), names):
            yield _html_place(element, listed)
    for element in tree.iter("meta"):
        if _named(element.get("content"), names):
            name = element.get("property") or element.get("name") or "meta"
            texts = tree.xpath("//meta[@property=$alt]/@content", alt=f"{name}:alt")
            yield ImagePlace(f"{name}:alt", " ".join(texts))
    for element in tree.iter("script"):
        if element.get("type") == "application/ld+json":
            yield from _in_json(json.loads(element.text_content()), names, "JSON-LD ")


SMALL: Final = {"card-image", "faces", "portrait", "search-image"}
"""Elements whose image may have its credit in the list at the foot of the page."""


def _html_place(element: Any, listed: str) -> ImagePlace:
    """The nearest element around the image and its link: a figure or a part of a card.

    Args:
        listed: the credits at the foot of the page.
    """
    around = element.getparent()
    while around.tag in {"picture", "a"}:
        around = around.getparent()
    if around.tag == "figure":
        return ImagePlace(
            "figure", " ".join(each.text_content() for each in around.iter("figcaption"))
        )
    kind = (around.get("class") or around.tag).split()[0]
    text = around.text_content()
    return ImagePlace(kind, f"{text} {listed}" if kind in SMALL else text)


# JSON: structured data, JSON Feed, the API, oEmbed


def _in_json(
    value: Any, names: Collection[str], where: str = "", around: tuple[Any, ...] = ()
) -> Iterator[ImagePlace]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _in_json(inner, names, where, (*around, value))
    elif isinstance(value, list):
        for inner in value:
            yield from _in_json(inner, names, where, around)
    elif _named(value, names):
        yield from _in_html(value, names) if "<" in value else [_json_place(around, where)]


def _json_place(around: tuple[Any, ...], where: str) -> ImagePlace:
    """The credit field of the object that names the file, or of an object around it."""
    for each in reversed(around):
        for field in CREDIT_FIELDS:
            if field in each:
                return ImagePlace(f"{where}{field}", str(each[field]))
        if "mime_type" in each:
            return ImagePlace(f"{where}attachment", str(each.get("title", "")))
        if "_picture" in each:
            return ImagePlace(f"{where}_picture.credit", str(each["_picture"].get("credit", "")))
        if "@type" in each:
            break
    return ImagePlace(f"{where}address alone", "")


# XML: RSS, Atom, sitemaps


def _in_xml(tree: Any, names: Collection[str]) -> Iterator[ImagePlace]:
    for element in tree.iter(etree.Element):
        for value in (element.text, *element.attrib.values()):
            if not _named(value, names):
                continue
            if "<" in value:
                yield from _in_html(value, names)
            else:
                yield _xml_place(element)


def _xml_place(element: Any) -> ImagePlace:
    """The credit of the media element, or of the entry for an enclosed file."""
    around = element
    while around is not None and around.tag not in CREDIT_ELEMENTS and around.tag not in ENTRIES:
        around = around.getparent()
    name = etree.QName(element).localname
    if around is None:
        return ImagePlace(f"{name} alone", "")
    wanted = (
        [CREDIT_ELEMENTS[around.tag]]
        if around.tag in CREDIT_ELEMENTS
        else list(CREDIT_ELEMENTS.values())
    )
    return ImagePlace(name, " ".join(str(each.text) for each in around.iter(*wanted)))
