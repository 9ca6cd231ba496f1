"""The images in a body, alone and in galleries."""

import re
from dataclasses import dataclass, replace
from typing import Final

from lxml.html import HtmlElement

from articles.body.sanitiser import WIDTHS, clean_caption
from articles.body.tree import inner_html, parse

IMAGE_ID: Final = re.compile(r"[1-9][0-9]{0,17}")


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

    pictures: tuple[FigureUse, ...]
    caption: str
    width: str = "normal"


def use_of(figure: HtmlElement) -> FigureUse | None:
    """The use of a `figure` element; None if it has no image."""
    image_id = figure.get("data-image", "")
    if not IMAGE_ID.fullmatch(image_id):
        return None
    captions = [inner_html(caption) for caption in figure.iter("figcaption")]
    return FigureUse(
        int(image_id),
        clean_caption(" ".join(captions)),
        _width(figure),
        alt_text=" ".join(figure.get("data-alt", "").split()),
        is_decorative=figure.get("data-decorative") is not None,
    )


def gallery_of(figure: HtmlElement, number: int) -> GalleryUse | None:
    """The gallery of a `figure` element; None if it is none.

    Args:
        number: of this gallery within the text, from 1.
    """
    if figure.get("data-gallery") is None or use_of(figure) is not None:
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
                replace(use, caption=use.caption or gallery.caption) for use in gallery.pictures
            ]
        elif use := use_of(figure):
            found.append(use)
    return found


def outer_figures(tree: HtmlElement) -> list[HtmlElement]:
    """The figures of a text, without those inside a gallery."""
    return [each for each in tree.iter("figure") if not _is_within_gallery(each)]


def _is_within_gallery(figure: HtmlElement) -> bool:
    return any(each.get("data-gallery") is not None for each in figure.iterancestors("figure"))


def _width(figure: HtmlElement) -> str:
    width = figure.get("data-width", "")
    return width if width in WIDTHS else "normal"
