"""Reads XMP, an RDF document inside the file.

A new field is added to `FIELDS` here, to `ImageMetadata` (`fields`) and to the texts that `reader` joins.

Sources: XMP Specification Part 1 (ISO 16684-1), section 7 and annex C, for the syntax; IPTC Photo
Metadata Standard and PLUS for the fields. Parsed with defusedxml: no entities, no external documents.
"""

import re
from collections.abc import Callable, Iterator
from itertools import islice
from typing import Final
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import fromstring

from articles.images.metadata.charsets import Hints, decoded
from articles.images.metadata.fields import MAX_BLOCK, MAX_VALUES

RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_ARRAYS: Final = (f"{RDF}Alt", f"{RDF}Seq", f"{RDF}Bag")
_MAX_DEPTH: Final = 12

Property = str | Element
Properties = dict[str, Property]
"""Name → value, an attribute or an element."""


def properties_of(root: Element) -> Properties:
    """The properties of the image itself, without those nested in them (history, ingredients,
    locations)."""
    found: Properties = {}
    for rdf in [root] if root.tag == f"{RDF}RDF" else root.iter(f"{RDF}RDF"):
        for description in islice(rdf, 1_000):
            for name, value in _fields(description).items():
                found.setdefault(name, value)
    return found


def _fields(node: Element) -> Properties:
    """The properties of a description or a structure, without empty ones."""
    fields: Properties = {
        name: value
        for name, value in node.attrib.items()
        if value.strip() and not name.startswith(RDF) and name != _LANG
    }
    for child in islice(node, 2_000):
        if not child.tag.startswith(RDF):
            fields.setdefault(child.tag, child)
    return fields


def texts(value: Property | None) -> list[str]:
    """A text, the texts of a list, or the best of several languages."""
    if value is None:
        return []
    if isinstance(value, str):
        return [value]
    array = _array(value)
    if array is None:
        return _single(value)
    items = [item for item in islice(array, MAX_VALUES) if item.tag == f"{RDF}li"]
    if array.tag == f"{RDF}Alt":
        return _best_language(items)
    return [text for item in items for text in texts_of_item(item)]


def texts_of_item(item: Element) -> list[str]:
    """An entry of a list; in rare files a list of languages itself."""
    inner = _array(item)
    if inner is not None:
        return _best_language(list(islice(inner, MAX_VALUES)))
    return _single(item)


def structures(value: Property | None, depth: int = 0) -> list[Properties]:
    """The structures in a property."""
    if value is None or isinstance(value, str) or depth > _MAX_DEPTH:
        return []
    array = _array(value)
    if array is not None:
        items = islice(array, MAX_VALUES)
        return [each for item in items for each in structures(item, depth + 1)]
    inner = value.find(f"{RDF}Description")
    fields = _fields(value if inner is None else inner)
    return [fields] if fields else []


def _array(value: Element) -> Element | None:
    return next((child for child in islice(value, 10) if child.tag in _ARRAYS), None)


def _single(value: Element) -> list[str]:
    """A text, a URL, or a text with qualifiers."""
    url = value.get(f"{RDF}resource")
    if url is not None:
        return [url] if url.strip() else []
    inner = value.find(f"{RDF}value")
    if inner is None:
        inner = value.find(f"{RDF}Description/{RDF}value")
    text = (value if inner is None else inner).text or ""
    return [text] if text.strip() else []


def _best_language(items: list[Element]) -> list[str]:
    """`x-default`, else English, else the first one."""
    by_language = [(item.get(_LANG, ""), text) for item in items for text in _single(item)]
    return [text for _, text in sorted(by_language, key=lambda pair: _rank(pair[0]))[:1]]


def _rank(language: str) -> int:
    if language.lower() in {"x-default", ""}:
        return 0
    return 1 if language.split("-")[0].lower() == "en" else 2


_DC: Final = "{http://purl.org/dc/elements/1.1/}"
_PHOTOSHOP: Final = "{http://ns.adobe.com/photoshop/1.0/}"
_RIGHTS: Final = "{http://ns.adobe.com/xap/1.0/rights/}"
_XMP: Final = "{http://ns.adobe.com/xap/1.0/}"
_EXIF: Final = "{http://ns.adobe.com/exif/1.0/}"
_TIFF: Final = "{http://ns.adobe.com/tiff/1.0/}"
_CORE: Final = "{http://iptc.org/std/Iptc4xmpCore/1.0/xmlns/}"
_EXT: Final = "{http://iptc.org/std/Iptc4xmpExt/2008-02-29/}"
_PLUS: Final = "{http://ns.useplus.org/ldf/xmp/1.0/}"
_REGIONS: Final = "{http://www.metadataworkinggroup.com/schemas/regions/}"
_CC: Final = ("{http://creativecommons.org/ns#}", "{http://web.resource.org/cc/}")

_SHOWN: Final = f"{_EXT}LocationShown"
_CREATED: Final = f"{_EXT}LocationCreated"

MAX_TAGS: Final = 100_000
"""A packet with more tags is skipped: its tree would take seconds and hundreds of megabytes."""

Finder = Callable[[Properties], list[str]]


def _plain(*names: str) -> Finder:
    """The values of the first of these properties that is not empty."""
    return lambda source: next((found for name in names if (found := texts(source.get(name)))), [])


def _all(*names: str) -> Finder:
    """The values of all of these properties."""
    return lambda source: [text for name in names for text in texts(source.get(name))]


def _within(outer: str, *names: str) -> Finder:
    """A field of the first structure that has it, such as the city of a location."""
    find = _plain(*names)
    return lambda source: next(
        (found for each in structures(source.get(outer)) if (found := find(each))), []
    )


def _each(outer: str, *names: str) -> Finder:
    """A field of every structure, such as the names of persons."""
    find = _plain(*names)
    return lambda source: [
        text for each in structures(source.get(outer)) for text in find(each)[:1]
    ]


def _faces(source: Properties) -> list[str]:
    """Names in face regions."""
    return [
        text
        for regions in structures(source.get(f"{_REGIONS}Regions"))
        for each in structures(regions.get(f"{_REGIONS}RegionList"))
        if texts(each.get(f"{_REGIONS}Type")) == ["Face"]
        for text in texts(each.get(f"{_REGIONS}Name"))
    ]


FIELDS: Final[dict[str, tuple[Finder, ...]]] = {
    "headline": (_plain(f"{_PHOTOSHOP}Headline"),),
    "title": (_plain(f"{_DC}title"),),
    "caption": (_plain(f"{_DC}description"),),
    "byline": (_plain(f"{_DC}creator"),),
    "credit": (_plain(f"{_PHOTOSHOP}Credit"),),
    "source": (_plain(f"{_PHOTOSHOP}Source"),),
    "copyright": (_plain(f"{_DC}rights"),),
    "usage_terms": (_plain(f"{_RIGHTS}UsageTerms"),),
    "alt_text": (_plain(f"{_CORE}AltTextAccessibility"),),
    "extended_description": (_plain(f"{_CORE}ExtDescrAccessibility"),),
    "city": (
        _plain(f"{_PHOTOSHOP}City"),
        _within(_SHOWN, f"{_EXT}City"),
        _within(_CREATED, f"{_EXT}City"),
    ),
    "country": (
        _plain(f"{_PHOTOSHOP}Country"),
        _within(_SHOWN, f"{_EXT}CountryName"),
        _within(_CREATED, f"{_EXT}CountryName"),
    ),
    "taken": (_all(f"{_PHOTOSHOP}DateCreated", f"{_EXIF}DateTimeOriginal", f"{_XMP}CreateDate"),),
    "keywords": (_plain(f"{_DC}subject"),),
    "persons": (
        _plain(f"{_EXT}PersonInImage"),
        _each(f"{_EXT}PersonInImageWDetails", f"{_EXT}PersonName"),
        _faces,
    ),
    "licence": (_plain(*(f"{space}license" for space in _CC), f"{_RIGHTS}WebStatement"),),
    "licensor": (
        _each(f"{_PLUS}Licensor", f"{_PLUS}LicensorName"),
        _each(f"{_PLUS}Licensor", f"{_PLUS}LicensorURL"),
    ),
    "licensor_url": (_each(f"{_PLUS}Licensor", f"{_PLUS}LicensorURL"),),
    "digital_source_type": (_plain(f"{_EXT}DigitalSourceType", f"{_EXT}DigitalSourcefileType"),),
}
"""Field → its sources; the first that is not empty counts."""

MIRRORED: Final[dict[str, tuple[Finder, ...]]] = {
    "caption": (_plain(f"{_TIFF}ImageDescription"),),
    "byline": (_plain(f"{_TIFF}Artist"),),
    "copyright": (_plain(f"{_TIFF}Copyright"),),
}
"""Copies of EXIF fields; they count no more than EXIF itself."""


def properties(packets: list[bytes]) -> Properties:
    """The properties of the packets; the first one takes precedence over the extended one."""
    combined: Properties = {}
    for packet in packets[:2]:
        root = _parsed(packet)
        if root is not None:
            combined = {**properties_of(root), **combined}
    return combined


def found_in(source: Properties, fields: dict[str, tuple[Finder, ...]]) -> dict[str, list[str]]:
    found = {
        field: next((values for find in finders if (values := find(source))), [])
        for field, finders in fields.items()
    }
    return {field: values[:MAX_VALUES] for field, values in found.items() if values}


def _parsed(packet: bytes) -> Element | None:
    if not packet or len(packet) > MAX_BLOCK or packet.count(b"<") > MAX_TAGS:
        return None
    for attempt in _attempts(packet):
        try:
            root: Element = fromstring(attempt, forbid_dtd=True)
        except (ParseError, ValueError, LookupError):
            continue
        except DefusedXmlException:
            return None
        return root
    return None


_ROOT_START: Final = re.compile(r"<(?:\w+:)?(xmpmeta|xapmeta|RDF)\b")
_FORBIDDEN: Final = re.compile(
    "[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]"
    "|&#(?:x0*(?:[0-8bcef]|1[0-9a-f])|0*(?:[0-8]|1[124-9]|2\\d|3[01]));",
    re.IGNORECASE,
)
"""Characters that XML 1.0 does not allow, and references to them."""

_WIDE_CHARSETS: Final[dict[tuple[bool, ...], str]] = {
    (False, True, True, True): "utf-32-le",
    (True, True, True, False): "utf-32-be",
    (False, True, False, True): "utf-16-le",
    (True, False, True, False): "utf-16-be",
}
"""UTF-16 and UTF-32, by which of four bytes are zeros."""


def _attempts(packet: bytes) -> Iterator[bytes]:
    """The packet as it is; then repaired: with another character set than declared, without control
    characters, or without other bytes around it."""
    yield packet.strip(b"\x00 \t\r\n")
    text = _decoded(packet)
    start = _ROOT_START.search(text)
    if start is None:
        return
    end = text.rfind(f"{start[1]}>")
    if end > start.end():
        document = text[start.start() : end] + f"{start[1]}>"
        yield _FORBIDDEN.sub("", document).encode("utf-8", "ignore")


def _decoded(packet: bytes) -> str:
    quarters = [packet[:400][at::4] for at in range(4)]
    zeros = tuple(each.count(0) * 2 > len(each) for each in quarters)
    charset = _WIDE_CHARSETS.get(zeros)
    return packet.decode(charset, "ignore") if charset else decoded([packet], Hints())[0]
