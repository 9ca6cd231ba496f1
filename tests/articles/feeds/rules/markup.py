"""Markup in plain-text elements, and unsafe markup."""

import re
from collections.abc import Iterator
from html.entities import name2codepoint
from typing import Final

from lxml import etree

from tests.articles.feeds.rules.names import ATOM, name_of, text_of

Found = Iterator[tuple[str, str]]

WORDS: Final = frozenset(
    {"title", "category", "atom:name", "atom:generator", "itunes:subtitle", "media:category"}
    | {"managingEditor", "webMaster", "author", "dc:creator", "generator", "copyright"}
    | {"channel/description", "image/description", "itunes:author", "textInput/description"}
)
"""Elements with plain text. The description of an item is HTML by convention."""

ATOM_TEXT: Final = frozenset({"atom:title", "atom:subtitle", "atom:summary", "atom:rights"})
MEDIA_TEXT: Final = frozenset({"media:title", "media:description", "media:text"})
HTML: Final = frozenset(
    {"description", "content:encoded", "atom:content", "atom:summary"} | ATOM_TEXT
)

TAG: Final = re.compile(r"</?[a-zA-Z][\w:]*(\s[^<>]*)?/?>")
REFERENCE: Final = re.compile(r"&(#(?![xX]0*(?:26|3[cC]);)[\dxX]|[a-zA-Z]\w*;)")
"""Character references in plain text, except `&#x26;` and `&#x3C;`, which the RSS specification
recommends for these two characters."""
BARE: Final = re.compile(r"&([a-zA-Z]+)")
NAMED: Final = re.compile(
    r"&(nbsp|amp|lt|gt|quot|[lr][sd]quo|[mn]dash|hellip|#\d+|#x[\da-f]+);", re.I
)
OPEN: Final = re.compile(r"<[a-zA-Z!/?]")

FORBIDDEN: Final = frozenset(
    {"script", "object", "embed", "iframe", "frame", "frameset", "applet", "meta", "link", "base"}
    | {"style", "form", "noscript", "comment", "plaintext", "listing", "layer"}
)
KNOWN: Final = frozenset(
    {"abbr", "accept", "accept-charset", "accesskey", "action", "align", "alt", "axis", "border"}
    | {
        "cellpadding",
        "cellspacing",
        "char",
        "charoff",
        "charset",
        "checked",
        "cite",
        "class",
        "clear",
    }
    | {"cols", "colspan", "color", "compact", "coords", "datetime", "dir", "disabled", "enctype"}
    | {"face", "for", "frame", "headers", "height", "href", "hreflang", "hspace", "id"}
    | {"ismap", "label", "lang", "longdesc", "maxlength", "media", "method", "multiple", "name"}
    | {"nohref", "noshade", "nowrap", "prompt", "readonly", "rel", "rev", "rows", "rowspan"}
    | {"rules", "scope", "selected", "shape", "size", "span", "src", "start", "summary"}
    | {"tabindex", "target", "title", "type", "usemap", "valign", "value", "vspace", "width"}
    | {"xml:lang", "style", "loading", "decoding", "srcset", "sizes"}
)
STYLES: Final = re.compile(
    r"\s*(azimuth|background(-color)?|border[-a-z]*|clear|color|cursor|direction|display|elevation"
    r"|float|font[-a-z]*|height|letter-spacing|line-height|margin[-a-z]*|overflow|padding[-a-z]*"
    r"|pause[-a-z]*|pitch[-a-z]*|richness|speak[-a-z]*|speech-rate|stress|text-[-a-z]+"
    r"|unicode-bidi|vertical-align|voice-family|volume|white-space|width)\s*:"
    r"[\s\w#.,%'\"()-]*"
)


def plain_text(element: etree._Element) -> Found:
    """No tags and no references in plain text."""
    above = element.getparent()
    place = f"{name_of(above)}/{name_of(element)}" if above is not None else ""
    name = name_of(element)
    for label in (element.get("label"), element.get("text")):
        if label and TAG.search(label):
            yield "escaping", "markup in a label"
    if not ({name, place} & WORDS) or len(element):
        return
    text = text_of(element)
    bare = any(name in name2codepoint for name in BARE.findall(text))
    if TAG.search(text) or REFERENCE.search(text) or bare:
        yield "escaping", "markup in words"


def declared(element: etree._Element) -> Found:
    """Atom and Media RSS declare a text type; HTML declared as text is shown as source."""
    name, text = name_of(element), text_of(element)
    kind = element.get("type", "text")
    if name in ATOM_TEXT | {"atom:content"} | MEDIA_TEXT:
        marked = TAG.search(text) or NAMED.search(text)
        if kind in {"text", "plain", "text/plain"} and marked:
            yield "escaping", "HTML that is called text"
        if (kind == "html" and len(element)) or (
            kind in {"html", "text/html"} and not _is_html(text)
        ):
            yield "escaping", "called HTML and none"
        elif kind == "text/html" and "mode" not in element.attrib and "<html" not in text.lower():
            yield "escaping", "a fragment that is called a whole page"
        if kind == "xhtml" and not len(element) and TAG.search(text):
            yield "escaping", "XHTML inside of signs"
        if kind == "xhtml" and any(
            str(inner.tag).startswith(f"{{{ATOM}}}") for inner in element.iterdescendants()
        ):
            yield "escaping", "XHTML outside its namespace"


def _is_html(text: str) -> bool:
    """Every `<` opens a tag that is closed again by `>`."""
    bare = TAG.sub("", re.sub(r"<!--.*?-->", "", text, flags=re.S))
    return not OPEN.search(bare)


def safe(element: etree._Element) -> Found:
    """No active elements, no script attributes, no styles that cover the page."""
    name = name_of(element)
    if name in HTML or name in {"xhtml:body"} | MEDIA_TEXT:
        for inner in element.iterdescendants(etree.Element):
            yield from _check_tag(_local(str(inner.tag)), dict(inner.attrib.items()), strict=True)
        signs = name.startswith("atom:") and element.get("type", "text") in {"text", "text/plain"}
        if not len(element) and not signs and TAG.search(text_of(element)):
            tree = etree.fromstring(f"<div>{text_of(element)}</div>", etree.HTMLParser())
            for inner in tree.iterdescendants(etree.Element) if tree is not None else ():
                yield from _check_tag(str(inner.tag), dict(inner.attrib.items()), strict=False)


def _local(tag: str) -> str:
    return tag.rpartition("}")[2]


def _check_tag(tag: str, attributes: dict[str, str], *, strict: bool) -> Found:
    if tag.lower() in FORBIDDEN:
        yield "unsafe", f"the element {tag}"
    for name, value in attributes.items():
        name = _local(name).lower()
        if name.startswith("on") or value.strip().lower().startswith(("javascript:", "vbscript:")):
            yield "unsafe", f"the attribute {name} runs something"
        elif name == "style" and not _is_harmless(value):
            yield "unsafe", f"the style {value}"
        elif strict and name not in KNOWN:
            yield "unsafe", f"the attribute {name} is unknown"


def _is_harmless(style: str) -> bool:
    rules = [rule for rule in style.split(";") if rule.strip()]
    return all(STYLES.fullmatch(rule) for rule in rules)


RULES: Final = (plain_text, declared, safe)
