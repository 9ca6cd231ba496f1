"""Where a picture stands in what goes out, and the words that belong to it there.

A credit somewhere on a page is not enough: whoever takes the file, shows the preview or reads the one card
has to find it there. Every place that names one of the picture's files is found by the form of what
goes out, and with it the field, the caption or the words where its credit has to stand.
"""

import json
import re
from collections.abc import Collection, Iterator
from typing import Any, Final, NamedTuple

from lxml import etree, html

JPEG: Final = b"\xff\xd8\xff"
"""How a JPEG begins."""

IN_A_LETTER: Final = re.compile(r"^\[[^\]]+: [^\]]+\]$", re.MULTILINE)
"""A picture in a mail of words alone."""

CREDITING: Final = ("creditText", "credit", "thumbnail_credit")
"""Fields of JSON that name who made the picture beside them."""

IN_XML: Final = {
    "{http://search.yahoo.com/mrss/}content": "{http://search.yahoo.com/mrss/}credit",
    "{http://www.google.com/schemas/sitemap-image/1.1}image": (
        "{http://www.google.com/schemas/sitemap-image/1.1}caption"
    ),
}
"""Elements that tell of one picture, and which of their own names who made it."""

ENTRIES: Final = {"item", "{http://www.w3.org/2005/Atom}entry"}


class Standing(NamedTuple):
    """One place of the picture: what sort of place it is, and the words that belong to it there."""

    sort: str
    words: str


def standings(body: bytes, names: Collection[str]) -> list[Standing]:
    """Every place in an output where one of these files stands; in a letter, every picture.

    Args:
        names: of the picture's files.
    """
    if body.startswith(JPEG):
        return [Standing("file", body.decode("latin-1"))]
    text = body.decode(errors="replace").strip()
    if text.startswith(("{", "[{")):
        return list(_in_json(json.loads(text), names))
    if text.startswith("<?xml"):
        return list(_in_xml(etree.fromstring(body), names))
    if re.search(r"<[a-z!]", text, re.IGNORECASE):
        return list(_in_html(text, names))
    return [Standing("letter", found) for found in IN_A_LETTER.findall(_unbroken(text))]


def _named(value: Any, names: Collection[str]) -> bool:
    return isinstance(value, str) and any(name in value for name in names)


def _unbroken(text: str) -> str:
    """Paragraphs as one line each."""
    return "\n".join(" ".join(part.split()) for part in re.split(r"\n\s*\n", text))


# Pages, mails and texts in feeds


def _in_html(text: str, names: Collection[str]) -> Iterator[Standing]:
    tree = html.document_fromstring(text)
    for element in tree.iter("img"):
        if _named(element.get("src"), names):
            yield _around(element)
    for element in tree.iter("meta"):
        if _named(element.get("content"), names):
            said = element.get("property") or element.get("name") or "meta"
            words = tree.xpath("//meta[@property=$alt]/@content", alt=f"{said}:alt")
            yield Standing(f"{said}:alt", " ".join(words))
    for element in tree.iter("script"):
        if element.get("type") == "application/ld+json":
            yield from _in_json(json.loads(element.text_content()), names, "JSON-LD ")


def _around(element: Any) -> Standing:
    """The nearest that holds more than the picture itself and the link it is: a figure, a card's part."""
    around = element.getparent()
    while around.tag in {"picture", "a"}:
        around = around.getparent()
    if around.tag == "figure":
        return Standing(
            "figure", " ".join(each.text_content() for each in around.iter("figcaption"))
        )
    sort = (around.get("class") or around.tag).split()[0]
    return Standing(sort, around.text_content())


# JSON: structured data, JSON Feed, the API, oEmbed


def _in_json(
    value: Any, names: Collection[str], where: str = "", around: tuple[Any, ...] = ()
) -> Iterator[Standing]:
    if isinstance(value, dict):
        for inner in value.values():
            yield from _in_json(inner, names, where, (*around, value))
    elif isinstance(value, list):
        for inner in value:
            yield from _in_json(inner, names, where, around)
    elif _named(value, names):
        yield from _in_html(value, names) if "<" in value else [_beside(around, where)]


def _beside(around: tuple[Any, ...], where: str) -> Standing:
    """The field that names who made it, of the object that names the file or of what holds its files."""
    for each in reversed(around):
        for field in CREDITING:
            if field in each:
                return Standing(f"{where}{field}", str(each[field]))
        if "mime_type" in each:
            return Standing(f"{where}attachment", str(each.get("title", "")))
        if "_picture" in each:
            return Standing(f"{where}_picture.credit", str(each["_picture"].get("credit", "")))
        if "@type" in each:
            break
    return Standing(f"{where}address alone", "")


# XML: RSS, Atom, sitemaps


def _in_xml(tree: Any, names: Collection[str]) -> Iterator[Standing]:
    for element in tree.iter(etree.Element):
        for value in (element.text, *element.attrib.values()):
            if not _named(value, names):
                continue
            if "<" in value:
                yield from _in_html(value, names)
            else:
                yield _told(element)


def _told(element: Any) -> Standing:
    """What its own element says of it; of a file that an entry encloses, what the entry says."""
    around = element
    while around is not None and around.tag not in IN_XML and around.tag not in ENTRIES:
        around = around.getparent()
    own = etree.QName(element).localname
    if around is None:
        return Standing(f"{own} alone", "")
    wanted = [IN_XML[around.tag]] if around.tag in IN_XML else list(IN_XML.values())
    return Standing(own, " ".join(str(each.text) for each in around.iter(*wanted)))
