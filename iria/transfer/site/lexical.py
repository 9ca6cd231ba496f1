"""Bodies as text of Ghost's editor, a tree of Lexical nodes: what Ghost can edit, and `import_ghost` reads back."""

import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from html import escape
from typing import Any, Final

from lxml import html as lxml_html
from lxml.html import HtmlElement, fragment_fromstring

from articles.body.figures import FigureUse, card, embed_of, file_use_of, gallery_of, use_of
from articles.body.normaliser import PULL_QUOTE
from articles.body.references import Urls, resolve
from articles.body.rendering import Labels
from articles.body.tree import inner_html, parse, replace

Node = dict[str, Any]

FORMATS: Final = {"strong": 1, "em": 2, "s": 4, "u": 8, "code": 16, "sub": 32, "sup": 64}
"""Bits of the format of a text."""
HEADINGS: Final = frozenset({"h2", "h3", "h4"})
GALLERY_ROW: Final = 3
"""Images side by side in Ghost's galleries."""


class _NoNode(Exception):
    """The editor has nothing for it, so it becomes an HTML card."""


@dataclass(frozen=True, slots=True)
class Picture:
    src: str
    alt: str
    """Of the image."""
    width: int
    height: int
    credit: str
    """HTML; captions have it at their end."""

    def caption(self, text: str) -> str:
        return " ".join(filter(None, (text, self.credit)))


@dataclass(slots=True)
class Lexical:
    """A body as text of the editor."""

    images: Callable[[int], Picture | None]
    files: Mapping[int, tuple[str, str]]
    """Id → URL and title."""
    labels: Labels
    notes: list[str] = field(default_factory=list)

    def convert(self, body: str, urls: Urls) -> str:
        tree = parse(body)
        resolve(tree, urls)
        self._footnotes(tree)
        nodes = [node for each in tree for node in self._block(each)]
        if self.notes:
            rows = "".join(
                f'<li id="fn{number}">{escape(note)}</li>'
                for number, note in enumerate(self.notes, start=1)
            )
            title = escape(self.labels.notes)
            nodes.append(
                _html(f'<section class="footnotes"><h2>{title}</h2><ol>{rows}</ol></section>')
            )
        root = _element("root", nodes)
        return json.dumps({"root": root}, ensure_ascii=False)

    def _footnotes(self, tree: HtmlElement) -> None:
        """Links to a list below the text, since Ghost has none."""
        for note in [each for each in tree.iter("span") if each.get("data-footnote")]:
            self.notes.append(note.get("data-footnote", ""))
            number = len(self.notes)
            replace(note, fragment_fromstring(f'<sup><a href="#fn{number}">{number}</a></sup>'))

    def _block(self, element: HtmlElement) -> Iterator[Node]:
        element.tail = None
        try:
            yield from self._figure(element) if element.tag == "figure" else [_block(element)]
        except _NoNode:
            yield _html(lxml_html.tostring(element, encoding="unicode"))

    def _figure(self, figure: HtmlElement) -> Iterator[Node]:
        if gallery := gallery_of(figure, 1):
            pictures = [(use, self.images(use.image_id)) for use in gallery.pictures]
            images = [
                {
                    "row": number // GALLERY_ROW,
                    "fileName": found.src.rsplit("/", 1)[-1],
                    **_image(use, found),
                }
                for number, (use, found) in enumerate(pictures)
                if found
            ]
            yield {"type": "gallery", "version": 1, "images": images, "caption": gallery.caption}
        elif use := use_of(figure):
            if found := self.images(use.image_id):
                width = "regular" if use.width == "normal" else use.width
                yield {"type": "image", "version": 1, "cardWidth": width, **_image(use, found)}
        elif embed := embed_of(figure):
            yield {
                "type": "embed",
                "version": 1,
                "url": embed.url,
                "embedType": "rich",
                "html": card(embed),
                "metadata": {},
                "caption": escape(embed.title, quote=False),
            }
        elif file := file_use_of(figure):
            if found_file := self.files.get(file.file_id):
                url, title = found_file
                yield _html(f'<p><a href="{escape(url)}">{escape(title)}</a> {file.caption}</p>')
        else:
            raise _NoNode


def _image(use: FigureUse, picture: Picture) -> Node:
    return {
        "src": picture.src,
        "width": picture.width,
        "height": picture.height,
        "alt": use.alt(picture.alt),
        "caption": picture.caption(use.caption),
    }


def _block(element: HtmlElement) -> Node:
    """Raises _NoNode."""
    direction = element.attrib.pop("dir") if element.get("dir") == "rtl" else None
    if element.attrib and element.tag not in {"ol", "aside"}:
        raise _NoNode
    match str(element.tag):
        case "p":
            return _element("paragraph", [*_inline(element)], direction)
        case heading if heading in HEADINGS:
            return _element("extended-heading", [*_inline(element)], direction, tag=heading)
        case "ul" | "ol":
            return _list(element, direction)
        case "blockquote":
            return _element("extended-quote", [*_inline(_only_paragraph(element))], direction)
        case "aside" if element.get(PULL_QUOTE) is not None:
            return _element("aside", [*_inline(_only_paragraph(element))], direction)
        case "aside":
            text = inner_html(_only_paragraph(element))
            return {
                "type": "callout",
                "version": 1,
                "calloutText": text,
                "calloutEmoji": "",
                "backgroundColor": "grey",
            }
        case "hr":
            return {"type": "horizontalrule", "version": 1}
        case "pre":
            return {"type": "codeblock", "version": 1, "code": element.text_content()}
    raise _NoNode


def _only_paragraph(element: HtmlElement) -> HtmlElement:
    rest = (element.text or "") + "".join(each.tail or "" for each in element)
    if len(element) != 1 or element[0].tag != "p" or element[0].attrib or rest.strip():
        raise _NoNode
    return element[0]


def _list(element: HtmlElement, direction: str | None) -> Node:
    """A list within a list stands in an item of its own there."""
    is_ordered = element.tag == "ol"
    start = int(element.get("start", "1")) if is_ordered else 1
    items: list[Node] = []
    for item in element:
        inner = [each for each in item if each.tag in {"ul", "ol"}]
        for each in inner:
            if (each.tail or "").strip():
                raise _NoNode
            item.remove(each)
        for children in ([*_inline(item)], *([_list(each, direction)] for each in inner)):
            items.append(_element("listitem", children, direction, value=start + len(items)))
    kind = "number" if is_ordered else "bullet"
    return _element("list", items, direction, listType=kind, start=start, tag=str(element.tag))


def _inline(element: HtmlElement, bits: int = 0) -> Iterator[Node]:
    """Raises _NoNode for what a text there cannot have."""
    yield from _text(element.text, bits)
    for child in element:
        tag = str(child.tag)
        if tag == "br":
            yield {"type": "linebreak", "version": 1}
        elif tag == "a":
            more = {"rel": None, "target": None, "title": None, "url": child.get("href", "")}
            yield _element("link", [*_inline(child, bits)], **more)
        elif tag in FORMATS:
            yield from _inline(child, bits | FORMATS[tag])
        else:
            raise _NoNode
        yield from _text(child.tail, bits)


def _text(text: str | None, bits: int) -> Iterator[Node]:
    if text:
        more = {"detail": 0, "mode": "normal", "style": "", "version": 1}
        yield {"type": "extended-text", "text": text, "format": bits, **more}


def _element(name: str, children: list[Node], direction: str | None = None, **more: object) -> Node:
    fixed = {"direction": direction, "format": "", "indent": 0, "version": 1}
    return {"type": name, "children": children, **fixed, **more}


def _html(html: str) -> Node:
    return {"type": "html", "version": 1, "html": html}
