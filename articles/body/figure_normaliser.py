"""Normalising `figure` elements to an image, a gallery, an embed, a file, or only text."""

from collections.abc import Iterator
from typing import Final, Protocol

from articles.body.embed_urls import normalise_url
from articles.body.inline import Mark
from articles.body.tree import Block, Node

PICTURE: Final = "data-image"
GALLERY: Final = "data-gallery"
FILE: Final = "data-file"
WIDTH: Final = "data-width"
ALT: Final = "data-alt"
DECORATIVE: Final = "data-decorative"


class Flow(Protocol):
    """Normalises the content of an element (`articles.body.normaliser`)."""

    def within(self, node: Node, marks: tuple[Mark, ...], **options: object) -> list[Block]: ...


def figure(flow: Flow, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
    """An image, a gallery, an embed or a file with its caption; any other figure becomes its content."""
    if _has_id(node, PICTURE):
        attributes = {
            PICTURE: str(int(node.attributes[PICTURE])),
            **_alt_attributes(node),
            **_width_attribute(node),
        }
        return [_captioned(attributes, _caption(flow, node.children))]
    if GALLERY in node.attributes:
        return _gallery(flow, node, marks)
    url = normalise_url(node.attributes.get("data-embed", ""))
    if url is not None:
        return [_captioned({"data-embed": url}, _caption(flow, node.children))]
    if _has_id(node, FILE):
        attributes = {FILE: str(int(node.attributes[FILE]))}
        return [_captioned(attributes, _caption(flow, node.children))]
    return flow.within(node, marks)


def _gallery(flow: Flow, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
    """Images with a caption for all of them; other content comes after.

    A single image is not a gallery: it becomes a figure with both captions.
    """
    parts = list(_parts(node))
    blocks = flow.within(
        Node("div", children=[part for part in parts if _contains_figure(part)]), ()
    )
    images = [block for block in blocks if PICTURE in block.attributes]
    others = [block for block in blocks if PICTURE not in block.attributes]
    if not images:
        return flow.within(Node("div", children=list(parts)), marks)
    caption = _caption(flow, [part for part in parts if not _contains_figure(part)])
    for image in images:
        image.attributes.pop(WIDTH, None)
    if len(images) == 1:
        own = images[0].inner.removeprefix("<figcaption>").removesuffix("</figcaption>")
        both = " ".join(part for part in (own, caption) if part)
        return [_captioned(images[0].attributes | _width_attribute(node), both), *others]
    inner = "".join(image.html() for image in images)
    made = Block("figure", f"{inner}<figcaption>{caption}</figcaption>", {GALLERY: ""})
    made.attributes |= _width_attribute(node)
    return [made, *others]


def _parts(gallery: Node) -> Iterator[Node | str]:
    """The content of a gallery and of nested galleries."""
    for child in gallery.children:
        within = isinstance(child, Node) and child.tag == "figure" and GALLERY in child.attributes
        if isinstance(child, Node) and within and not _has_id(child, PICTURE):
            yield from _parts(child)
        else:
            yield child


def _contains_figure(part: Node | str) -> bool:
    if isinstance(part, str):
        return False
    return part.tag == "figure" or any(_contains_figure(child) for child in part.elements())


def _has_id(node: Node, attribute: str) -> bool:
    number = node.attributes.get(attribute, "")
    return number.isascii() and number.isdigit() and int(number) > 0


def _alt_attributes(node: Node) -> dict[str, str]:
    """A decorative image has no alt text."""
    if DECORATIVE in node.attributes:
        return {DECORATIVE: ""}
    alt = " ".join(node.attributes.get(ALT, "").split())
    return {ALT: alt} if alt else {}


def _width_attribute(node: Node) -> dict[str, str]:
    width = node.attributes.get(WIDTH, "normal")
    return {} if width == "normal" else {WIDTH: width}


def _caption(flow: Flow, parts: list[Node | str]) -> str:
    """The text of these parts on one line."""
    blocks = flow.within(Node("figcaption", children=parts), (), wrap="figcaption")
    return "".join(block.inner for block in blocks)


def _captioned(attributes: dict[str, str], caption: str) -> Block:
    return Block("figure", f"<figcaption>{caption}</figcaption>", attributes)
