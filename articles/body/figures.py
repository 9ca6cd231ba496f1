"""The pictures that a body uses."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from lxml.html import HtmlElement

from articles.body.cleaning import WIDTHS, clean_caption
from articles.body.parsing import inner_html, parse

IMAGE_ID: Final = re.compile(r"[1-9][0-9]{0,17}")


@dataclass(frozen=True, slots=True)
class FigureUse:
    """One figure in a body: which picture, with which caption (HTML, cleaned)."""

    image_id: int
    caption: str
    width: str = "normal"


def use_of(figure: HtmlElement) -> FigureUse | None:
    """The use that a `figure` element stands for; None where it names no picture."""
    image_id, width = figure.get("data-image", ""), figure.get("data-width", "")
    if not IMAGE_ID.fullmatch(image_id):
        return None
    captions = [inner_html(caption) for caption in figure.iter("figcaption")]
    return FigureUse(
        image_id=int(image_id),
        caption=clean_caption(" ".join(captions)),
        width=width if width in WIDTHS else "normal",
    )


def figures_in(body: str) -> list[FigureUse]:
    """Every figure that names a picture, in the order of the text."""
    return list(_uses(parse(body)))


def _uses(tree: HtmlElement) -> Iterator[FigureUse]:
    for figure in tree.iter("figure"):
        if use := use_of(figure):
            yield use
