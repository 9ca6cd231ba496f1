"""The whole text of an article as it can stand on its own, far from our pages."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from typing import Final
from urllib.parse import urljoin

from django.utils.translation import ngettext
from lxml.html import HtmlElement

from articles.body.figures import FigureUse
from articles.body.labels import wording_of
from articles.body.rendering import render
from articles.body.sanitiser import safe_caption
from articles.body.tree import inner_html, parse
from articles.editorial.models import Article, Figure
from articles.images.models import Image
from articles.images.rights.credit_line import credit_line
from articles.images.srcset import plain_rendition
from iria.core.http.urls import absolute_url
from iria.core.text.language import use_language
from iria.publication.models import Publication

KEPT: Final = frozenset(
    {"href", "hreflang", "src", "alt", "width", "height", "lang", "dir", "start"}
    | {"colspan", "rowspan", "scope"}
)
"""Attributes that mean something to whoever reads the feed; ours for style and scripts do not."""

REMEMBERED_LENGTH: Final = 60_000
"""Characters of a body up to which its text is kept in memory; two hundred make ten megabytes."""


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture as it goes out with a text: markup of one plain file, and of its credit."""

    image_id: int
    file: str
    credit: str

    def figure(self, caption: str) -> str:
        words = " ".join(part for part in (safe_caption(caption), self.credit) if part)
        caption = f"<figcaption>{words}</figcaption>" if words else ""
        return f"<figure>{self.file}{caption}</figure>"


def full_text(article: Article, figures: Iterable[Figure], publication: Publication) -> str:
    """Lead picture and text, each figure with caption and credit, every address absolute.

    What was made of the same text, pictures and corrections before is used again: feeds and the API
    tell the same twenty articles over and over.
    """
    figures = list(figures)
    lead = next((each for each in figures if each.place == Figure.Place.LEAD), None)
    with use_language(article.language):
        pictures = tuple(
            shown
            for each in figures
            if article.shows(each.image) and (shown := _shown(each.image, publication))
        )
    whole = _remembered if len(article.body) < REMEMBERED_LENGTH else _whole
    return whole(
        article.body,
        (lead.image_id, lead.caption) if lead else None,
        pictures,
        tuple(_corrections(article)),
        article.language,
        absolute_url(article.get_absolute_url()),
    )


def _shown(image: Image, publication: Publication) -> Shown | None:
    """Nothing where the picture is not ready."""
    rendition = plain_rendition(image)
    if rendition is None:
        return None
    file = (
        f'<img src="{escape(rendition.get_absolute_url())}"'
        f' width="{rendition.width}" height="{rendition.height}" alt="{escape(image.alt)}">'
    )
    return Shown(image.pk, file, credit_line(image, publication))


def _corrections(article: Article) -> Iterator[str]:
    corrections = list(article.corrections.all())
    if corrections:
        with use_language(article.language):
            name = ngettext("Correction", "Corrections", 1)
            for correction in corrections:
                yield f"<p>{escape(name)}: {escape(correction.text)}</p>"


def _whole(
    body: str,
    lead: tuple[int, str] | None,
    pictures: tuple[Shown, ...],
    corrections: tuple[str, ...],
    language: str,
    address: str,
) -> str:
    shown = {picture.image_id: picture for picture in pictures}

    def draw(use: FigureUse) -> str:
        picture = shown.get(use.image_id)
        return picture.figure(use.caption) if picture else ""

    first = shown[lead[0]].figure(lead[1]) if lead and lead[0] in shown else ""
    text = render(body, draw, wording=wording_of(language))
    return _on_its_own(first + text + "".join(corrections), address)


_remembered = lru_cache(maxsize=200)(_whole)


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
