"""A text as it stands on its page."""

from collections.abc import Mapping

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe

from articles.body.figures import FigureUse
from articles.body.rendering import render
from articles.body.wording import wording_of
from articles.editorial.models import Article
from articles.images.crediting import credit_line
from articles.images.markup import picture_markup
from articles.images.models import Image
from articles.images.showing import picture_values
from iria.publication.models import Publication

WIDTHS = {"normal": "inline", "wide": "wide", "full": "full"}


def render_body(article: Article, publication: Publication) -> SafeString:
    """The article's text as it stands on its page.

    Asks the database nothing when `figures` were fetched with their pictures (`for_page()`).
    """
    pictures = {figure.image_id: figure.image for figure in article.figures.all()}
    return render_text(article.body, pictures, publication, language=article.language)


def render_text(
    body: str, pictures: Mapping[int, Image], publication: Publication, *, language: str
) -> SafeString:
    """A text with its figures drawn, each with the caption of its use and the picture's credit.

    A picture that may not be shown, or of which no size is ready, leaves nothing behind.

    Args:
        body: cleaned when it was saved.
        pictures: by their numbers, with their renditions fetched.
    """

    def draw(use: FigureUse) -> str:
        image = pictures.get(use.image_id)
        if image is None or not image.may_be_shown:
            return ""
        values = picture_values(image, WIDTHS[use.width])
        if values is None:
            return ""
        context = {
            "use": use,
            "picture": picture_markup(values),
            "caption": mark_safe(use.caption),  # noqa: S308 - cleaned by figures
            "credit": credit_line(image, publication),
        }
        return render_to_string("articles/editorial/_figure.html", context)

    html = render(body, draw, wording=wording_of(language))
    return mark_safe(html)  # noqa: S308 - cleaned when it was saved
