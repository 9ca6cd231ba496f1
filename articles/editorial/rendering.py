"""An article as plain text for indexing, as the HTML of its page, and as self-contained HTML for feeds and the API."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from html import escape
from operator import attrgetter
from types import MappingProxyType
from typing import Final
from urllib.parse import urljoin

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import ngettext
from lxml.html import HtmlElement

from articles.body.blocks.embeds import EmbedUse, card
from articles.body.blocks.files import FileUse, files_in
from articles.body.blocks.images import FigureUse, GalleryUse
from articles.body.captions import safe_caption
from articles.body.references import NO_URLS, Reference, Urls, with_urls, within
from articles.body.registry import Labels
from articles.body.rendering import Drawn, draw, plain_text, render
from articles.body.tree import caption_text, inner_html, parse
from articles.editorial.models import Article, Figure
from articles.embeds.iframes import NO_EMBEDS, Embeds, draw_embed
from articles.files import html as file_html
from articles.files.models import File
from articles.images.credit_line import credit_line
from articles.images.models import Image
from articles.images.srcset import (
    caption_html,
    figure_html,
    gallery_html,
    image_attributes,
    plain_rendition,
    unavailable_html,
)
from articles.links.targets import urls_for
from iria.core.http.urls import absolute_url
from iria.core.text.language import use_language
from iria.core.text.languages import language_of
from iria.core.text.typography import typeset_html
from iria.publication.models import Publication


@dataclass(frozen=True, slots=True)
class ArticleText:
    """The plain text of an article by field, the most important first."""

    headline: str
    standfirst: str
    text: str
    captions: str
    names: str
    """Credits and bylines."""
    tags: str


def text_of(article: Article) -> ArticleText:
    """The text of the article; fetch it with `for_text()` to save queries."""
    figures = [each for each in article.figures.all() if each.is_on_page]
    # The images of a gallery may share one caption.
    captions = dict.fromkeys(caption_text(each.caption) for each in figures if each.caption)
    files = [attachment.file for attachment in article.attachments.all()]
    captions |= dict.fromkeys(file.title for file in files)
    described = dict.fromkeys(use.caption for use in files_in(article.body) if use.caption)
    captions |= dict.fromkeys(map(caption_text, described))
    credits = {figure.image.credit: None for figure in figures if figure.image.credit}
    bylines = [byline.author.name for byline in article.bylines.all()]
    tags = sorted(tag.name for tag in article.tags.all())
    return ArticleText(
        headline=article.headline,
        standfirst=article.standfirst,
        text=plain_text(article.body, captions=False),
        captions="\n".join(captions),
        names="\n".join([*credits, *bylines]),
        tags="\n".join(tags),
    )


def texts_with_urls(texts: Iterable[str]) -> list[str]:
    """Captions and short texts as readers see them, with one query for all links by reference, if there are any."""
    listed = list(texts)
    urls = urls_for(*listed)
    return [with_urls(text, urls) for text in listed]


SINGLE_STYLES = {"normal": "inline", "wide": "wide", "full": "full"}
GALLERY_STYLES = {"normal": "gallery", "wide": "gallery wide", "full": "gallery full"}

NO_FILES: Final[Mapping[int, File]] = MappingProxyType({})

Shows = Callable[[Image], bool]
"""Whether an image may be shown in this text."""

LargeView = Callable[[int], str]
"""The URL of the large view of an image, by its id; empty if there is none."""


def no_large_view(image_id: int) -> str:
    """For texts that are not published."""
    return ""


def render_body(article: Article, publication: Publication) -> SafeString:
    """The article's text as HTML; see `draw_body`."""
    return mark_safe(draw_body(article, publication).html)  # noqa: S308 - sanitised by `draw`


def draw_body(
    article: Article,
    publication: Publication,
    embeds: Embeds = NO_EMBEDS,
    *,
    without_file: int | None = None,
    without_embed: str = "",
) -> Drawn:
    """The article's text with its headings and links; embeds without a frame are cards.

    No queries if `figures` and `attachments` were fetched (`for_page()`), or one for internal links.

    Args:
        without_file: the id of a file that the page shows elsewhere.
        without_embed: the URL of such an embed.
    """
    files = {
        each.file_id: each.file
        for each in article.attachments.all()
        if each.file_id != without_file
    }
    images = {figure.image_id: figure.image for figure in article.figures.all()}
    large_url = large_view(article) if article.is_published else no_large_view
    return _render(
        article.body,
        images,
        files,
        publication,
        article.language,
        embeds,
        large_url,
        article.shows,
        without_embed,
    )


def large_view(article: Article) -> LargeView:
    """URLs of the large views of a published article's images."""
    url = article.get_absolute_url()
    return lambda image_id: f"{url}picture/{image_id}/"


def render_text(
    body: str,
    images: Mapping[int, Image],
    publication: Publication,
    *,
    files: Mapping[int, File] = NO_FILES,
    language: str,
    embeds: Embeds = NO_EMBEDS,
) -> SafeString:
    """A text with its figures, each with the caption of its use and the image's credit.

    An image that may not be shown leaves its caption; one without renditions leaves nothing.

    Args:
        body: as it is stored; it is sanitised here.
        images: by id, with their renditions fetched.
        files: by id.
        embeds: what is known of them (`embeds.iframes.embeds_for`), on pages whose policy names their frames.
    """
    html = _render(
        body,
        images,
        files,
        publication,
        language,
        embeds,
        no_large_view,
        attrgetter("may_be_shown"),
    ).html
    return mark_safe(html)  # noqa: S308 - sanitised by `draw`


def _render(
    body: str,
    images: Mapping[int, Image],
    files: Mapping[int, File],
    publication: Publication,
    language: str,
    embeds: Embeds,
    large_url: LargeView,
    shows: Shows,
    without_embed: str = "",
) -> Drawn:
    def figure(use: FigureUse) -> str:
        image = images.get(use.image_id)
        if image is None:
            return ""
        if not shows(image):
            return unavailable_html(use.caption, _css_class(use))
        return _figure(use, image, publication, large_url(use.image_id))

    def embed(use: EmbedUse) -> str:
        return draw_embed(use, embeds) if use.url != without_embed else ""

    def file(use: FileUse) -> str:
        found = files.get(use.file_id)
        if found and found.may_be_shown:
            return file_html.card_html(found, use.caption)
        return file_html.unavailable_card_html(use.caption) if found else ""

    def gallery(use: GalleryUse) -> str:
        shown = "".join(map(figure, use.images))
        return gallery_html(shown, use.caption, use.width) if shown else ""

    rendered = draw(
        body,
        {"image": figure, "gallery": gallery, "embed": embed, "file": file},
        labels=Labels(*language_of(language).labels),
        urls=urls_for(body),
    )
    return replace(rendered, html=typeset_html(rendered.html, language))


def _figure(use: FigureUse, image: Image, publication: Publication, url: str) -> str:
    """The caption is sanitised."""
    values = image_attributes(image, (GALLERY_STYLES if use.gallery else SINGLE_STYLES)[use.width])
    caption = caption_html(image, use.caption, publication)
    return figure_html(values, use.alt(image.alt), caption, _css_class(use), url)


def _css_class(use: FigureUse) -> str:
    return "figure" if use.gallery else f"figure figure-{use.width}"


KEPT_ATTRIBUTES: Final = frozenset(
    {"href", "hreflang", "src", "alt", "width", "height", "lang", "dir", "start"}
    | {"colspan", "rowspan", "scope"}
)
"""Attributes with a meaning outside our pages; classes and data attributes have none."""

NO_TITLES: Final[Mapping[str, str]] = MappingProxyType({})

MAX_CACHED_LENGTH: Final = 60_000
"""Characters of a body up to which its text is cached; two hundred make ten megabytes."""


@dataclass(frozen=True, slots=True)
class RenderedImage:
    """An image in the full text: markup of one plain file, and of its credit."""

    image_id: int
    file: str
    """The attributes of its `<img>`, without `alt`."""
    alt: str
    """The alt text of the image; a use may have its own."""
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
        shown = (each.image for each in figures if article.shows(each.image))
        images = tuple(filter(None, (_rendered_image(each, publication) for each in shown)))
        files = tuple(
            _rendered_file(each.file)
            for each in article.attachments.all()
            if each.file.may_be_shown
        )
    render_html = _cached_full_text if len(article.body) < MAX_CACHED_LENGTH else _render_full_text
    return render_html(
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


def _rendered_image(image: Image, publication: Publication) -> RenderedImage | None:
    """None if no file of the image is ready."""
    rendition = plain_rendition(image)
    if rendition is None:
        return None
    file = (
        f'src="{escape(rendition.get_absolute_url())}"'
        f' width="{rendition.width}" height="{rendition.height}"'
    )
    return RenderedImage(image.pk, file, image.alt, credit_line(image, publication))


def _rendered_file(file: File) -> RenderedFile:
    link = f'<a href="{escape(file.get_absolute_url())}">{escape(file.title)}</a>'
    return RenderedFile(file.pk, f"{link} ({escape(file.facts)})", escape(file.credit))


def _corrections(article: Article) -> Iterator[str]:
    corrections = list(article.corrections.all())
    if corrections:
        with use_language(article.language):
            name = ngettext("Correction", "Corrections", 1)
            for correction in corrections:
                yield f"<p>{escape(name)}: {escape(correction.text)}</p>"


def _render_full_text(
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
        {"image": render_figure, "embed": render_embed, "file": render_file},
        labels=Labels(*language_of(language).labels),
        urls=dict(urls),
    )
    return _self_contained(first + text + "".join(corrections), url)


_cached_full_text = lru_cache(maxsize=200)(_render_full_text)


def _self_contained(html: str, url: str) -> str:
    """Without what only our pages understand, and with absolute links."""
    tree = parse(html)
    for element in tree.iter():
        for name, value in list(element.attrib.items()):
            if name not in KEPT_ATTRIBUTES:
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
