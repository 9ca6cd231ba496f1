"""The whole text of an article as it can stand on its own, far from our pages."""

from collections.abc import Iterable
from html import escape
from typing import Final
from urllib.parse import urljoin

from lxml.html import HtmlElement

from articles.body.figures import FigureUse
from articles.body.parsing import inner_html, parse
from articles.body.rendering import render
from articles.editorial.models import Article, Figure
from articles.images.crediting import credit_line
from articles.images.models import Image
from articles.images.showing import plain_rendition
from iria.kit.addresses import absolute
from iria.publication.models import Publication

KEPT: Final = frozenset(
    {"href", "hreflang", "src", "alt", "width", "height", "lang", "dir", "start"}
    | {"colspan", "rowspan", "scope"}
)
"""Attributes that mean something to whoever reads the feed; ours for style and scripts do not."""


def full_text(article: Article, figures: Iterable[Figure], publication: Publication) -> str:
    """Lead picture and text, each figure with caption and credit, every address absolute."""
    images = {figure.image_id: figure.image for figure in figures}

    def draw(use: FigureUse) -> str:
        return draw_figure(images.get(use.image_id), use.caption, publication)

    lead = next((each for each in figures if each.place == Figure.Place.LEAD), None)
    shown = draw_figure(lead.image, lead.caption, publication) if lead else ""
    corrections = "".join(
        f"<p>Correction: {escape(correction.text)}</p>" for correction in article.corrections.all()
    )
    html = shown + render(article.body, draw) + corrections
    return _on_its_own(html, absolute(article.get_absolute_url()))


def draw_figure(image: Image | None, caption: str, publication: Publication) -> str:
    """A figure with one plain file; nothing where the picture may not be shown or is not ready."""
    if image is None or not image.may_be_shown:
        return ""
    rendition = plain_rendition(image)
    if rendition is None:
        return ""
    credit = credit_line(image, publication)
    words = " ".join(part for part in (caption, credit) if part)
    return (
        f'<figure><img src="{escape(rendition.get_absolute_url())}"'
        f' width="{rendition.width}" height="{rendition.height}" alt="{escape(image.alt_text)}">'
        + (f"<figcaption>{words}</figcaption>" if words else "")
        + "</figure>"
    )


def _on_its_own(html: str, address: str) -> str:
    """Without what only our pages understand, and with links that lead here from anywhere."""
    tree = parse(html)
    for element in tree.iter():
        for name, value in list(element.attrib.items()):
            if name not in KEPT:
                del element.attrib[name]
            elif name in {"href", "src"}:
                _make_absolute(element, name, urljoined(address, value))
    return inner_html(tree)


def _make_absolute(element: HtmlElement, name: str, value: str | None) -> None:
    if value is None:
        del element.attrib[name]
    else:
        element.attrib[name] = value


def urljoined(address: str, link: str) -> str | None:
    """The link as seen from the address, or None for what is no address at all."""
    try:
        return urljoin(address, link.strip())
    except ValueError:
        return None
