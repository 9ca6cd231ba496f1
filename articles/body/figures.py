"""The figures in a body: images alone and in galleries, files, and embeds of other sites.

A file is `<figure data-file="ID"><figcaption>description</figcaption></figure>`, an embed
`<figure data-embed="https://…"><figcaption>title</figcaption></figure>`.
"""

import re
from dataclasses import dataclass, replace
from html import escape
from typing import Final
from urllib.parse import urlsplit

from lxml.html import HtmlElement

from articles.body.references import normalise_url
from articles.body.sanitiser import WHOLE_NUMBER, WIDTHS, clean_caption
from articles.body.tree import inner_html, parse, text_of

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


FILE_ID: Final = re.compile(r'data-file="([1-9][0-9]{0,17})"', re.ASCII)
"""Bodies are sanitised, so the attribute always has this form."""


@dataclass(frozen=True, slots=True)
class FileUse:
    """One file in a body, with the description of this use (sanitised HTML)."""

    file_id: int
    caption: str


def file_use_of(figure: HtmlElement) -> FileUse | None:
    """The use of a `figure` element; None if it has no file."""
    number = figure.get("data-file", "")
    if not WHOLE_NUMBER.fullmatch(number) or figure.get("data-image"):
        return None
    caption = " ".join(inner_html(each) for each in figure.iter("figcaption"))
    return FileUse(int(number), clean_caption(caption))


def files_in(body: str) -> list[FileUse]:
    """Every file, in the order of the text."""
    if "data-file" not in body:
        return []
    return [use for figure in parse(body).iter("figure") if (use := file_use_of(figure))]


def file_ids_in(body: str) -> set[int]:
    """The ids of the files, without parsing the body."""
    return {int(number) for number in FILE_ID.findall(body)}


@dataclass(frozen=True, slots=True)
class EmbedUse:
    """One embed in a body: the URL of the page, and its title as text."""

    url: str
    title: str

    @property
    def host(self) -> str:
        return urlsplit(self.url).netloc.removeprefix("www.")

    @property
    def name(self) -> str:
        """Link text of the card: the title, or the URL."""
        return self.title or self.url.removeprefix("https://").rstrip("/")

    def or_title(self, title: str) -> "EmbedUse":
        """With this title, if editors wrote none."""
        return self if self.title or not title else replace(self, title=title)


def embed_of(figure: HtmlElement) -> EmbedUse | None:
    """The embed of a `figure` element; None if it has no valid URL."""
    if figure.get("data-image"):
        return None
    url = normalise_url(figure.get("data-embed", ""))
    if url is None:
        return None
    title = " ".join(inner_html(caption) for caption in figure.iter("figcaption"))
    return EmbedUse(url, text_of(parse(clean_caption(title))))


def embeds_in(body: str) -> list[EmbedUse]:
    """Every embed, in the order of the text."""
    if "data-embed" not in body:
        return []
    return [use for figure in parse(body).iter("figure") if (use := embed_of(figure))]


def card(use: EmbedUse) -> str:
    """Title, link and host, for feeds and e-mails and before a frame is loaded."""
    host = "" if use.host in use.name else f" <span>({escape(use.host)})</span>"
    return (
        f'<figure class="embed"><p class="embed-card"><a href="{escape(use.url)}">'
        f"{escape(use.name)}</a>{host}</p></figure>"
    )
