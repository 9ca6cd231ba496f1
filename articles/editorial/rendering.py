"""An article as plain text for indexing, and as the HTML of its page."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter
from types import MappingProxyType
from typing import Final

from django.utils.safestring import SafeString, mark_safe

from articles.body.figures import EmbedUse, FigureUse, FileUse, GalleryUse, files_in
from articles.body.references import with_urls
from articles.body.rendering import Drawn, draw, labels_for
from articles.body.tree import caption_text, plain_text
from articles.editorial.models import Article
from articles.embeds.iframes import NO_EMBEDS, Embeds
from articles.embeds.iframes import draw as draw_embed
from articles.files import html as file_html
from articles.files.models import File
from articles.images.models import Image
from articles.images.srcset import (
    caption_html,
    figure_html,
    gallery_html,
    image_attributes,
    unavailable_html,
)
from articles.links.targets import urls_for
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


ALONE = {"normal": "inline", "wide": "wide", "full": "full"}
IN_GALLERY = {"normal": "gallery", "wide": "gallery wide", "full": "gallery full"}

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
    large = large_view(article) if article.is_published else no_large_view
    return _render(
        article.body,
        images,
        files,
        publication,
        article.language,
        embeds,
        large,
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
    large: LargeView,
    shows: Shows,
    without_embed: str = "",
) -> Drawn:
    def figure(use: FigureUse) -> str:
        image = images.get(use.image_id)
        if image is None:
            return ""
        if not shows(image):
            return unavailable_html(use.caption, _form(use))
        return _figure(use, image, publication, large(use.image_id))

    def embed(use: EmbedUse) -> str:
        return draw_embed(use, embeds) if use.url != without_embed else ""

    def file(use: FileUse) -> str:
        found = files.get(use.file_id)
        if found is None:
            return ""
        return (
            file_html.card_html(found, use.caption)
            if found.may_be_shown
            else file_html.unavailable_card_html(use.caption)
        )

    rendered = draw(
        body,
        figure,
        embed,
        _gallery,
        draw_file=file,
        labels=labels_for(language),
        urls=urls_for(body),
    )
    return replace(rendered, html=typeset_html(rendered.html, language))


def _figure(use: FigureUse, image: Image, publication: Publication, url: str) -> str:
    """The caption is sanitised."""
    values = image_attributes(image, (IN_GALLERY if use.gallery else ALONE)[use.width])
    caption = caption_html(image, use.caption, publication)
    return figure_html(values, use.alt(image.alt), caption, _form(use), url)


def _form(use: FigureUse) -> str:
    return "figure" if use.gallery else f"figure figure-{use.width}"


def _gallery(use: GalleryUse, images_html: list[str]) -> str:
    return gallery_html("".join(images_html), use.caption, use.width)
