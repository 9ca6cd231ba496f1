"""Images, alone and in galleries.

An image is `<figure data-image="ID"><figcaption>caption of this use</figcaption></figure>`, a gallery
`<figure data-gallery="">` with figures of images and a `<figcaption>` for all of them.
"""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from typing import Final

from lxml.html import HtmlElement

from articles.body.blocks.figures import caption_of, captioned, has_id, id_or_none, is_id
from articles.body.captions import clean_caption
from articles.body.cleaning import UNSTORABLE
from articles.body.inline import Mark
from articles.body.normaliser import Flow
from articles.body.registry import BlockType, flag, one_of
from articles.body.tree import Block, Node, inner_html, parse

ALT_MAX_LENGTH: Final = 1000
IMAGE: Final = "data-image"
GALLERY: Final = "data-gallery"
WIDTH: Final = "data-width"
ALT: Final = "data-alt"
DECORATIVE: Final = "data-decorative"
WIDTHS: Final = ("normal", "wide", "full")


def one_line_alt(text: str) -> str:
    """An alt text on one line, cut to what its column can hold."""
    return " ".join(UNSTORABLE.sub("", text).split())[:ALT_MAX_LENGTH].rstrip()


def alt_of_use(alt_text: str, is_decorative: bool, default: str) -> str:
    """The `alt` attribute of one use of an image: its own alt text, or else that of the image."""
    return "" if is_decorative else alt_text.strip() or default


@dataclass(frozen=True, slots=True)
class FigureUse:
    """One image in a body, with its caption (sanitised HTML)."""

    image_id: int
    caption: str
    width: str = "normal"
    gallery: int = 0
    """Number of its gallery in the text, from 1; 0 if it is in none."""
    alt_text: str = ""
    """Empty: that of the image."""
    is_decorative: bool = False

    @property
    def is_described(self) -> bool:
        """Whether the text itself describes the image or marks it as decorative."""
        return self.is_decorative or bool(self.alt_text.strip())

    def alt(self, default: str) -> str:
        """The `alt` attribute; `default` is that of the image."""
        return alt_of_use(self.alt_text, self.is_decorative, default)


@dataclass(frozen=True, slots=True)
class GalleryUse:
    """A gallery: images with their own captions, and a caption for all of them."""

    images: tuple[FigureUse, ...]
    caption: str
    width: str = "normal"


def use_of(figure: HtmlElement, number: int = 1) -> FigureUse | None:
    """The use of a `figure` element; None if it has no image."""
    image_id = figure.get(IMAGE, "")
    if not is_id(image_id):
        return None
    return FigureUse(
        int(image_id),
        caption_of(figure),
        _width(figure),
        alt_text=" ".join(figure.get(ALT, "").split()),
        is_decorative=figure.get(DECORATIVE) is not None,
    )


def gallery_of(figure: HtmlElement, number: int) -> GalleryUse | None:
    """The gallery of a `figure` element; None if it is none.

    Args:
        number: of this gallery within the text, from 1.
    """
    if figure.get(GALLERY) is None or use_of(figure) is not None:
        return None
    width = _width(figure)
    uses = [use_of(each) for each in figure.iterdescendants("figure")]
    captions = [inner_html(caption) for caption in figure.iterchildren("figcaption")]
    return GalleryUse(
        tuple(replace(use, width=width, gallery=number) for use in uses if use is not None),
        clean_caption(" ".join(captions)),
        width,
    )


def figures_in(body: str) -> list[FigureUse]:
    """Every image, in text order.

    An image in a gallery without a caption of its own gets that of the gallery.
    """
    found: list[FigureUse] = []
    galleries = 0
    for figure in outer_figures(parse(body)):
        gallery = gallery_of(figure, galleries + 1)
        if gallery is not None:
            galleries += 1
            found += [
                replace(use, caption=use.caption or gallery.caption) for use in gallery.images
            ]
        elif use := use_of(figure):
            found.append(use)
    return found


def outer_figures(tree: HtmlElement) -> list[HtmlElement]:
    """The figures of a text, without those inside a gallery."""
    return [each for each in tree.iter("figure") if not _is_within_gallery(each)]


def _is_within_gallery(figure: HtmlElement) -> bool:
    return any(each.get(GALLERY) is not None for each in figure.iterancestors("figure"))


def _width(figure: HtmlElement) -> str:
    width = figure.get(WIDTH, "")
    return width if width in WIDTHS else "normal"


def plain_gallery(write_image: Callable[[FigureUse], str]) -> Callable[[GalleryUse], str]:
    """A writer of galleries outside our pages: the images one after another, and the common caption."""

    def write(use: GalleryUse) -> str:
        images = "".join(write_image(each).strip() for each in use.images)
        caption = f"<figcaption>{use.caption}</figcaption>" if use.caption else ""
        return f"<figure>{images}{caption}</figure>" if images else ""

    return write


def _image(flow: Flow, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
    attributes = {
        IMAGE: str(int(node.attributes[IMAGE])),
        **_alt_attributes(node),
        **_width_attribute(node),
    }
    return [captioned(attributes, flow.caption(node.children))]


def _gallery(flow: Flow, node: Node, marks: tuple[Mark, ...]) -> list[Block]:
    """Images with a caption for all of them; other content comes after.

    A single image is not a gallery: it becomes a figure with both captions.
    """
    parts = list(_parts(node))
    blocks = flow.within(
        Node("div", children=[part for part in parts if _contains_figure(part)]), ()
    )
    images = [block for block in blocks if IMAGE in block.attributes]
    others = [block for block in blocks if IMAGE not in block.attributes]
    if not images:
        return flow.within(Node("div", children=list(parts)), marks)
    caption = flow.caption([part for part in parts if not _contains_figure(part)])
    for image in images:
        image.attributes.pop(WIDTH, None)
    if len(images) == 1:
        own = images[0].inner.removeprefix("<figcaption>").removesuffix("</figcaption>")
        both = " ".join(part for part in (own, caption) if part)
        return [captioned(images[0].attributes | _width_attribute(node), both), *others]
    inner = "".join(image.html() for image in images)
    made = Block("figure", f"{inner}<figcaption>{caption}</figcaption>", {GALLERY: ""})
    made.attributes |= _width_attribute(node)
    return [made, *others]


def _parts(gallery: Node) -> Iterator[Node | str]:
    """The content of a gallery and of nested galleries."""
    for child in gallery.children:
        within = isinstance(child, Node) and child.tag == "figure" and GALLERY in child.attributes
        if isinstance(child, Node) and within and not has_id(child, IMAGE):
            yield from _parts(child)
        else:
            yield child


def _contains_figure(part: Node | str) -> bool:
    if isinstance(part, str):
        return False
    return part.tag == "figure" or any(_contains_figure(child) for child in part.elements())


def _alt_attributes(node: Node) -> dict[str, str]:
    """A decorative image has no alt text."""
    if DECORATIVE in node.attributes:
        return {DECORATIVE: ""}
    alt = " ".join(node.attributes.get(ALT, "").split())
    return {ALT: alt} if alt else {}


def _width_attribute(node: Node) -> dict[str, str]:
    width = node.attributes.get(WIDTH, "normal")
    return {} if width == "normal" else {WIDTH: width}


IMAGE_BLOCK: Final = BlockType(
    name="image",
    tags=("figure",),
    elements={
        "figure": {
            IMAGE: id_or_none,
            ALT: lambda text: one_line_alt(text) or None,
            DECORATIVE: flag,
            WIDTH: one_of(*WIDTHS),
        },
        "figcaption": {},
    },
    matches=lambda node: has_id(node, IMAGE),
    normalise=_image,
    read=use_of,
    editor="iria_admin/editor/picture.js",
)
GALLERY_BLOCK: Final = BlockType(
    name="gallery",
    tags=("figure",),
    elements={"figure": {GALLERY: flag, WIDTH: one_of(*WIDTHS)}, "figcaption": {}},
    matches=lambda node: GALLERY in node.attributes,
    normalise=_gallery,
    read=gallery_of,
    editor="iria_admin/editor/picture.js",
)
