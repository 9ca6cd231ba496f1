"""XMP, Adobe's and now the common way: an RDF document inside the file.

Source: XMP Specification Part 1 (ISO 16684-1) for the form, IPTC Photo Metadata Standard for the
fields. Read through defusedxml: no entities, no external documents.
"""

from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from articles.images.metadata.values import MAX_BLOCK

_RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_PHOTOSHOP: Final = "{http://ns.adobe.com/photoshop/1.0/}"
_RIGHTS: Final = "{http://ns.adobe.com/xap/1.0/rights/}"
_XMP: Final = "{http://ns.adobe.com/xap/1.0/}"
_EXIF: Final = "{http://ns.adobe.com/exif/1.0/}"
_CORE: Final = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
_EXT: Final = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"

FIELDS: Final[dict[str, tuple[str, ...]]] = {
    "headline": (f"{_PHOTOSHOP}Headline",),
    "title": (f"{_DC}title",),
    "caption": (f"{_DC}description",),
    "byline": (f"{_DC}creator",),
    "credit": (f"{_PHOTOSHOP}Credit",),
    "source": (f"{_PHOTOSHOP}Source",),
    "copyright": (f"{_DC}rights",),
    "usage_terms": (f"{_RIGHTS}UsageTerms",),
    "alt_text": (f"{_CORE}AltTextAccessibility",),
    "extended_description": (f"{_CORE}ExtDescrAccessibility",),
    "city": (f"{_PHOTOSHOP}City", f"{_EXT}City"),
    "country": (f"{_PHOTOSHOP}Country", f"{_EXT}CountryName"),
    "taken": (f"{_PHOTOSHOP}DateCreated", f"{_EXIF}DateTimeOriginal", f"{_XMP}CreateDate"),
    "keywords": (f"{_DC}subject",),
}
"""Field → the properties that may hold it, the first one found counts."""


def read(packet: bytes) -> dict[str, list[str]]:
    """Field → its values as text; nothing from a packet that is no XML or tries something."""
    if len(packet) > MAX_BLOCK:
        return {}
    try:
        root: Element = fromstring(packet.strip(b"\x00 \t\r\n"), forbid_dtd=True)
    except (ParseError, DefusedXmlException, ValueError, LookupError):
        return {}
    properties = _properties(root)
    found = {}
    for field, names in FIELDS.items():
        values = next((properties[name] for name in names if properties.get(name)), None)
        if values:
            found[field] = values
    return found


def _properties(root: Element) -> dict[str, list[str]]:
    """Every property of every description, written as an attribute or as an element.

    Properties inside structures are found too (a city inside LocationShown); the first one counts.
    """
    found: dict[str, list[str]] = {}
    for element in root.iter():
        for name, value in element.attrib.items():
            if not name.startswith(_RDF) and value.strip():
                found.setdefault(name, [value])
        if not element.tag.startswith(_RDF):
            values = _values(element)
            if values:
                found.setdefault(element.tag, values)
    return found


def _values(element: Element) -> list[str]:
    """The values of one property: a text, a list, or the best of several languages."""
    alternatives = element.find(f"{_RDF}Alt")
    if alternatives is not None:
        best = _best_language(list(alternatives.iter(f"{_RDF}li")))
        return [best] if best else []
    items = [item for item in element.iter(f"{_RDF}li") if (item.text or "").strip()]
    if items:
        return [item.text or "" for item in items]
    text = element.text or ""
    return [text] if text.strip() and len(element) == 0 else []


def _best_language(items: list[Element]) -> str | None:
    """`x-default` first, then English, then whatever stands first."""
    said = [(item.get(_LANG, ""), item.text or "") for item in items if (item.text or "").strip()]
    ranked = sorted(said, key=lambda pair: _rank(pair[0]))
    return ranked[0][1] if ranked else None


def _rank(language: str) -> int:
    if language in {"x-default", ""}:
        return 0
    return 1 if language.split("-")[0].lower() == "en" else 2
