"""A text as it stands on its page."""

from collections.abc import Mapping

from django.utils.safestring import SafeString, mark_safe

from articles.body.embeds import EmbedUse
from articles.body.figures import FigureUse
from articles.body.rendering import Drawn, draw
from articles.body.wording import wording_of
from articles.editorial.models import Article
from articles.embeds.frames import NO_FRAMES, Frames
from articles.embeds.frames import draw as draw_embed
from articles.images.crediting import credit_line
from articles.images.markup import picture_markup
from articles.images.models import Image
from articles.images.showing import picture_values
from iria.publication.models import Publication

WIDTHS = {"normal": "inline", "wide": "wide", "full": "full"}


def render_body(article: Article, publication: Publication) -> SafeString:
    """The article's text as it stands on its page; see `draw_body`."""
    return mark_safe(draw_body(article, publication).html)  # noqa: S308 - cleaned when it was saved


def draw_body(article: Article, publication: Publication, frames: Frames = NO_FRAMES) -> Drawn:
    """The article's text with its headings and links; embeds without a frame are cards.

    Asks the database nothing when `figures` were fetched with their pictures (`for_page()`).
    """
    pictures = {figure.image_id: figure.image for figure in article.figures.all()}
    return _drawn(article.body, pictures, publication, article.language, frames)


def render_text(
    body: str,
    pictures: Mapping[int, Image],
    publication: Publication,
    *,
    language: str,
    frames: Frames = NO_FRAMES,
) -> SafeString:
    """A text with its figures drawn, each with the caption of its use and the picture's credit.

    A picture that may not be shown, or of which no size is ready, leaves nothing behind.

    Args:
        body: cleaned when it was saved.
        pictures: by their numbers, with their renditions fetched.
        frames: of its embeds (`embeds.frames.frames_of`), on pages whose policy names them.
    """
    html = _drawn(body, pictures, publication, language, frames).html
    return mark_safe(html)  # noqa: S308 - cleaned when it was saved


def _drawn(
    body: str,
    pictures: Mapping[int, Image],
    publication: Publication,
    language: str,
    frames: Frames,
) -> Drawn:
    def figure(use: FigureUse) -> str:
        image = pictures.get(use.image_id)
        if image is None or not image.may_be_shown:
            return ""
        return _figure(use, image, publication)

    def embed(use: EmbedUse) -> str:
        return draw_embed(use, frames)

    return draw(body, figure, embed, wording=wording_of(language))


def _figure(use: FigureUse, image: Image, publication: Publication) -> str:
    """Written here and not as a template: an article may have many. The caption was cleaned."""
    values = picture_values(image, WIDTHS[use.width])
    if values is None:
        return ""
    words = " ".join(filter(None, [use.caption, credit_line(image, publication)]))
    caption = f"<figcaption>{words}</figcaption>" if words else ""
    return f'<figure class="figure figure-{use.width}">{picture_markup(values)}{caption}</figure>'
