"""What stands below a picture: the caption of its use, its credit, and at length what it shows."""

from html import escape

from django.utils.html import linebreaks
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from articles.body.cleaning import safe_caption
from articles.images.crediting import credit_line, short_credit
from articles.images.models import Image
from iria.kit.speaking import direction_of, interface_language
from iria.publication.models import Publication


def caption_markup(image: Image, caption: str, publication: Publication) -> SafeString:
    """The `figcaption`; an empty text where there is nothing to say.

    Args:
        caption: of this use, as HTML.
    """
    said = safe_caption(caption)
    words = " ".join(part for part in (said, credit_line(image, publication)) if part)
    words += _at_length(image)
    return SafeString(f"<figcaption>{words}</figcaption>" if words else "")


def small_credit(image: Image) -> SafeString:
    """The credit below a small picture in a list, where the whole entry is a link already."""
    words = short_credit(image)
    return SafeString(f'<small class="card-credit">{escape(words)}</small>' if words else "")


def _at_length(image: Image) -> str:
    """A chart or a map in words, for whoever cannot see it or wants to read it."""
    told = image.extended_description.strip()
    if not told:
        return ""
    code = interface_language()
    name = f'<summary lang="{code}" dir="{direction_of(code)}">{escape(gettext("Description"))}'
    return (
        f'<details class="at-length">{name}</summary>{linebreaks(told, autoescape=True)}</details>'
    )
