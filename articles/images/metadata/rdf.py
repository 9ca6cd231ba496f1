"""RDF as XMP writes it: properties that are texts, lists, texts in several languages, structures.

Source: XMP Specification Part 1 (ISO 16684-1), section 7 and annex C.
"""

from itertools import islice
from typing import Final
from xml.etree.ElementTree import Element

from articles.images.metadata.values import MAX_VALUES

RDF: Final = "{http://www.w3.org/1999/02/22-rdf-syntax-ns#}"
_LANG: Final = "{http://www.w3.org/XML/1998/namespace}lang"
_ARRAYS: Final = (f"{RDF}Alt", f"{RDF}Seq", f"{RDF}Bag")
_DEEPEST: Final = 12

Property = str | Element
Properties = dict[str, Property]
"""Name → what was written, as attribute or as element."""


def properties_of(root: Element) -> Properties:
    """The properties of the picture itself; what stands within them (the history, the pictures it
    was made from, places) is not its own."""
    found: Properties = {}
    for rdf in [root] if root.tag == f"{RDF}RDF" else root.iter(f"{RDF}RDF"):
        for description in islice(rdf, 1_000):
            for name, value in _fields(description).items():
                found.setdefault(name, value)
    return found


def _fields(node: Element) -> Properties:
    """What a description or a structure says; an empty value says nothing."""
    said: Properties = {
        name: value
        for name, value in node.attrib.items()
        if value.strip() and not name.startswith(RDF) and name != _LANG
    }
    for child in islice(node, 2_000):
        if not child.tag.startswith(RDF):
            said.setdefault(child.tag, child)
    return said


def texts(value: Property | None) -> list[str]:
    """One text, the texts of a list, or the best of several languages."""
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
    """An entry of a list; in rare files a list of its own, of languages."""
    inner = _array(item)
    if inner is not None:
        return _best_language(list(islice(inner, MAX_VALUES)))
    return _single(item)


def structures(value: Property | None, depth: int = 0) -> list[Properties]:
    """The structures in a property: one, or a list of them."""
    if value is None or isinstance(value, str) or depth > _DEEPEST:
        return []
    array = _array(value)
    if array is not None:
        items = islice(array, MAX_VALUES)
        return [each for item in items for each in structures(item, depth + 1)]
    inner = value.find(f"{RDF}Description")
    said = _fields(value if inner is None else inner)
    return [said] if said else []


def _array(value: Element) -> Element | None:
    return next((child for child in islice(value, 10) if child.tag in _ARRAYS), None)


def _single(value: Element) -> list[str]:
    """A text, an address, or a text with remarks about it."""
    address = value.get(f"{RDF}resource")
    if address is not None:
        return [address] if address.strip() else []
    inner = value.find(f"{RDF}value")
    if inner is None:
        inner = value.find(f"{RDF}Description/{RDF}value")
    said = (value if inner is None else inner).text or ""
    return [said] if said.strip() else []


def _best_language(items: list[Element]) -> list[str]:
    """`x-default` first, then English, then whatever stands first."""
    said = [(item.get(_LANG, ""), text) for item in items for text in _single(item)]
    return [text for _, text in sorted(said, key=lambda pair: _rank(pair[0]))[:1]]


def _rank(language: str) -> int:
    if language.lower() in {"x-default", ""}:
        return 0
    return 1 if language.split("-")[0].lower() == "en" else 2
