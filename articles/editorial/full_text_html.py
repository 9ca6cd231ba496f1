"""The full text of an article as self-contained HTML, for feeds and the API."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from types import MappingProxyType
from typing import Final
from urllib.parse import urljoin

from django.utils.translation import ngettext
from lxml.html import HtmlElement

from articles.body.figures import EmbedUse, FigureUse, FileUse, card
from articles.body.references import NO_URLS, Reference, Urls, with_urls, within
from articles.body.rendering import labels_for, render
from articles.body.sanitiser import safe_caption
from articles.body.tree import inner_html, parse
from articles.editorial.models import Article, Figure
from articles.files.models import File
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
"""Attributes with a meaning outside our pages; classes and data attributes have none."""

NO_TITLES: Final[Mapping[str, str]] = MappingProxyType({})

CACHED_LENGTH: Final = 60_000
"""Characters of a body up to which its text is cached; two hundred make ten megabytes."""


@dataclass(frozen=True, slots=True)
class RenderedImage:
    """An image in the full text: markup of one plain file, and of its credit."""

    image_id: int
    file: str
    """The attributes of its `<img>`, without `alt`."""
    alt: str
    """Of the image; a use may have its own."""
    credit: str

    def figure(self, caption: str, alt: str) -> str:
        text = " ".join(part for part in (safe_caption(caption), self.credit) if part)
        caption = f"<figcaption>{text}</figcaption>" if text else ""
        return f'<figure><img {self.file} alt="{escape(alt)}">{caption}</figure>'


@dataclass(frozen=True, slots=True)
class RenderedFile:
    """A file in the full text: markup before and after the description of its use."""

    file_id: int
    link: str
    credit: str

    def figure(self, caption: str) -> str:
        text = " ".join(part for part in (safe_caption(caption), self.credit) if part)
        return f"<figure><p>{self.link}</p><figcaption>{text}</figcaption></figure>"


def full_text(
    article: Article,
    figures: Iterable[Figure],
    publication: Publication,
    urls: Urls = NO_URLS,
    embed_titles: Mapping[str, str] = NO_TITLES,
) -> str:
    """Lead image and text, each figure with caption and credit, every URL absolute.

    Results are cached by text, images, internal links and corrections: feeds and the API return the
    same twenty articles over and over.

    Args:
        urls: of the references in all texts and lead captions of the list (`articles.links.targets.urls_for`).
        embed_titles: of their embedded pages (`articles.embeds.link_cards.titles_for`).
    """
    figures = list(figures)
    lead = next((each for each in figures if each.place == Figure.Place.LEAD), None)
    with use_language(article.language):
        images = tuple(
            shown
            for each in figures
            if article.shows(each.image) and (shown := _shown(each.image, publication))
        )
        files = tuple(
            _linked(each.file) for each in article.attachments.all() if each.file.may_be_shown
        )
    whole = _cached if len(article.body) < CACHED_LENGTH else _render
    return whole(
        article.body,
        (lead.image_id, with_urls(lead.caption, urls), lead.alt) if lead else None,
        images,
        files,
        tuple(_corrections(article)),
        within(article.body, urls),
        tuple(each for each in embed_titles.items() if escape(each[0]) in article.body),
        article.language,
        absolute_url(article.get_absolute_url()),
    )


def _shown(image: Image, publication: Publication) -> RenderedImage | None:
    """None if no file of the image is ready."""
    rendition = plain_rendition(image)
    if rendition is None:
        return None
    file = (
        f'src="{escape(rendition.get_absolute_url())}"'
        f' width="{rendition.width}" height="{rendition.height}"'
    )
    return RenderedImage(image.pk, file, image.alt, credit_line(image, publication))


def _linked(file: File) -> RenderedFile:
    link = f'<a href="{escape(file.get_absolute_url())}">{escape(file.title)}</a>'
    return RenderedFile(file.pk, f"{link} ({escape(file.facts)})", escape(file.credit))


def _corrections(article: Article) -> Iterator[str]:
    corrections = list(article.corrections.all())
    if corrections:
        with use_language(article.language):
            name = ngettext("Correction", "Corrections", 1)
            for correction in corrections:
                yield f"<p>{escape(name)}: {escape(correction.text)}</p>"


def _render(
    body: str,
    lead: tuple[int, str, str] | None,
    images: tuple[RenderedImage, ...],
    files: tuple[RenderedFile, ...],
    corrections: tuple[str, ...],
    urls: tuple[tuple[Reference, str], ...],
    embed_titles: tuple[tuple[str, str], ...],
    language: str,
    url: str,
) -> str:
    shown = {rendered_image.image_id: rendered_image for rendered_image in images}

    def render_figure(use: FigureUse) -> str:
        image = shown.get(use.image_id)
        return image.figure(use.caption, use.alt(image.alt)) if image else ""

    first = shown[lead[0]].figure(*lead[1:]) if lead and lead[0] in shown else ""
    linked = {file.file_id: file for file in files}

    def render_file(use: FileUse) -> str:
        file = linked.get(use.file_id)
        return file.figure(use.caption) if file else ""

    titles = dict(embed_titles)

    def render_embed(use: EmbedUse) -> str:
        return card(use.or_title(titles.get(use.url, "")))

    text = render(
        body,
        render_figure,
        render_embed,
        draw_file=render_file,
        labels=labels_for(language),
        urls=dict(urls),
    )
    return _self_contained(first + text + "".join(corrections), url)


_cached = lru_cache(maxsize=200)(_render)


def _self_contained(html: str, url: str) -> str:
    """Without what only our pages understand, and with absolute links."""
    tree = parse(html)
    for element in tree.iter():
        for name, value in list(element.attrib.items()):
            if name not in KEPT:
                del element.attrib[name]
            elif name in {"href", "src"}:
                _make_absolute(element, name, safe_urljoin(url, value))
    return inner_html(tree)


def _make_absolute(element: HtmlElement, name: str, value: str | None) -> None:
    if value is None:
        del element.attrib[name]
    else:
        element.attrib[name] = value


def safe_urljoin(base: str, link: str) -> str | None:
    """The link resolved against the base URL, or None if it is not a URL."""
    try:
        return urljoin(base, link.strip())
    except ValueError:
        return None
