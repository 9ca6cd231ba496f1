"""What stands in an article where a picture may not be shown: its place, quietly, and its caption.

What stands below a picture: the caption of its use, its credit, and at length what it shows.

A picture in all its formats and widths, as markup.

Written here and not as a template: a front page draws thirty of them, and every value but the
alternative text is a number or an address of ours.
"""

from functools import lru_cache
from html import escape
from typing import Final

from django.utils.html import linebreaks
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from articles.body.sanitiser import safe_caption
from articles.images.models import Image
from articles.images.rights.credit_line import credit_line, short_credit
from articles.images.srcset import ImageAttributes
from iria.core.text.language import direction_of, interface_language
from iria.publication.models import Publication


def withheld_markup(caption: str, form: str = "figure figure-normal") -> SafeString:
    """A figure without its picture. Its credit is withheld with it.

    Args:
        caption: of this use, as HTML.
        form: the classes that the figure would have with its picture.
    """
    code = interface_language()
    words = escape(gettext("This picture cannot be shown at present."))
    shown = safe_caption(caption)
    said = f"<figcaption>{shown}</figcaption>" if shown else ""
    return SafeString(
        f'<figure class="{form} figure-withheld">'
        f'<p class="withheld" lang="{code}" dir="{direction_of(code)}">{words}</p>{said}</figure>'
    )


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


STILL: Final = "(prefers-reduced-motion: reduce)"
"""For whom an animation stands still."""


@lru_cache(maxsize=2048)
def picture_markup(values: ImageAttributes | None, alt: str | None = None) -> SafeString:
    """The `picture` element; an empty text while no size of the picture is ready.

    Args:
        alt: instead of the picture's own alternative text.
    """
    if values is None:
        return SafeString("")
    words = escape(values.alt if alt is None else alt)
    sizes = f'sizes="{values.sizes}"'
    media = f' media="{STILL}"' if values.moving else ""
    sources = "".join(
        f'<source type="{source.media_type}"{media} srcset="{source.srcset}" {sizes}>'
        for source in values.sources
    )
    if values.moving:
        sources += (
            f'<source{media} srcset="{values.srcset}" {sizes}>'
            f'<source type="{values.moving.media_type}" srcset="{values.moving.srcset}">'
        )
    priority = ' fetchpriority="high"' if values.fetchpriority == "high" else ""
    return SafeString(
        f'<picture>{sources}<img src="{values.src}" srcset="{values.srcset}"'
        f' {sizes} width="{values.width}" height="{values.height}" alt="{words}"'
        f' loading="{values.loading}"{priority} decoding="async"></picture>'
    )
