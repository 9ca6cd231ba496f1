"""The pictures that a body uses."""

from dataclasses import dataclass

from articles.body.cleaning import clean_caption
from articles.body.parsing import inner_html, parse


@dataclass(frozen=True, slots=True)
class FigureUse:
    """One figure in a body: which picture, with which caption (HTML, cleaned)."""

    image_id: int
    caption: str
    width: str = "normal"


def figures_in(body: str) -> list[FigureUse]:
    """Every figure that names a picture, in the order of the text."""
    uses = []
    for figure in parse(body).iter("figure"):
        image_id = figure.get("data-image")
        if image_id is None:
            continue
        captions = [inner_html(caption) for caption in figure.iter("figcaption")]
        uses.append(
            FigureUse(
                image_id=int(image_id),
                caption=clean_caption(" ".join(captions)),
                width=figure.get("data-width") or "normal",
            )
        )
    return uses
