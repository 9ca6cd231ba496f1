"""What a `figure` of any markup becomes: a picture of ours, a gallery of them, an embed, or only words."""

from collections.abc import Iterator
from typing import Final, Protocol

from articles.body.blocks import Block
from articles.body.embed_urls import kept_address
from articles.body.inline import Mark
from articles.body.tree import Node

PICTURE: Final = "data-image"
GALLERY: Final = "data-gallery"
WIDTH: Final = "data-width"


class Flow(Protocol):
    """What tidies the inside of an element (`articles.body.normaliser`)."""

    def within(self, node: Node, marks: tuple[Mark, ...], **options: object) -> list[Block]: ...


def figure(flow: Flow, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
    """A picture of ours, a gallery, or an embed, with its caption; any other figure is what is in it."""
    if _names_picture(node):
        attributes = {PICTURE: str(int(node.attributes[PICTURE])), **_width_attribute(node)}
        return [_captioned(attributes, _caption(flow, node.children))]
    if GALLERY in node.attributes:
        return _gallery(flow, node, marks)
    address = kept_address(node.attributes.get("data-embed", ""))
    if address is not None:
        return [_captioned({"data-embed": address}, _caption(flow, node.children))]
    return flow.within(node, marks)


def _gallery(flow: Flow, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
    """Pictures side by side with the words for all of them; whatever else is inside comes after.

    One picture is no gallery: it stands alone, with its own words and those for all.
    """
    parts = list(_parts(node))
    blocks = flow.within(Node("div", children=[part for part in parts if _holds_figure(part)]), ())
    pictures = [block for block in blocks if PICTURE in block.attributes]
    others = [block for block in blocks if PICTURE not in block.attributes]
    if not pictures:
        return flow.within(Node("div", children=list(parts)), marks)
    caption = _caption(flow, [part for part in parts if not _holds_figure(part)])
    for picture in pictures:
        picture.attributes.pop(WIDTH, None)
    if len(pictures) == 1:
        own = pictures[0].inner.removeprefix("<figcaption>").removesuffix("</figcaption>")
        words = " ".join(part for part in (own, caption) if part)
        return [_captioned(pictures[0].attributes | _width_attribute(node), words), *others]
    inner = "".join(picture.html() for picture in pictures)
    made = Block("figure", f"{inner}<figcaption>{caption}</figcaption>", {GALLERY: ""})
    made.attributes |= _width_attribute(node)
    return [made, *others]


def _parts(gallery: Node) -> Iterator[Node | str]:
    """What stands in a gallery, and in galleries within it."""
    for child in gallery.children:
        within = isinstance(child, Node) and child.tag == "figure" and GALLERY in child.attributes
        if isinstance(child, Node) and within and not _names_picture(child):
            yield from _parts(child)
        else:
            yield child


def _holds_figure(part: Node | str) -> bool:
    if isinstance(part, str):
        return False
    return part.tag == "figure" or any(_holds_figure(child) for child in part.elements())


def _names_picture(node: Node) -> bool:
    number = node.attributes.get(PICTURE, "")
    return number.isascii() and number.isdigit() and int(number) > 0


def _width_attribute(node: Node) -> dict[str, str]:
    width = node.attributes.get(WIDTH, "normal")
    return {} if width == "normal" else {WIDTH: width}


def _caption(flow: Flow, parts: list[Node | str]) -> str:
    """The words of these parts on one line."""
    words = flow.within(Node("figcaption", children=parts), (), wrap="figcaption")
    return "".join(block.inner for block in words)


def _captioned(attributes: dict[str, str], caption: str) -> Block:
    return Block("figure", f"<figcaption>{caption}</figcaption>", attributes)
