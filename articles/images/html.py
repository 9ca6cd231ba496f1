"""HTML of images: the `picture` element, the caption with credit, and the placeholder.

Built here and not in templates: a front page has thirty images, and every value but the alt text is
a number or a URL of ours.
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


def placeholder_markup(caption: str, form: str = "figure figure-normal") -> SafeString:
    """A figure without its image, when it may not be shown. Its credit is hidden too.

    Args:
        caption: of this use, as HTML.
        form: the classes that the figure would have with its image.
    """
    code = interface_language()
    message = escape(gettext("Image unavailable."))
    text = safe_caption(caption)
    figcaption = f"<figcaption>{text}</figcaption>" if text else ""
    return SafeString(
        f'<figure class="{form} figure-withheld">'
        f'<p class="withheld" lang="{code}" dir="{direction_of(code)}">{message}</p>{figcaption}</figure>'
    )


def caption_markup(image: Image, caption: str, publication: Publication) -> SafeString:
    """The `figcaption` with caption, credit and extended description; empty if there are none.

    Args:
        caption: of this use, as HTML.
    """
    parts = (safe_caption(caption), credit_line(image, publication))
    html = " ".join(part for part in parts if part) + _extended_description(image)
    return SafeString(f"<figcaption>{html}</figcaption>" if html else "")


def small_credit(image: Image) -> SafeString:
    """The credit below a small image in a list, without a link."""
    credit = short_credit(image)
    return SafeString(f'<small class="card-credit">{escape(credit)}</small>' if credit else "")


def _extended_description(image: Image) -> str:
    """The content of a chart or a map as text."""
    text = image.extended_description.strip()
    if not text:
        return ""
    code = interface_language()
    name = f'<summary lang="{code}" dir="{direction_of(code)}">{escape(gettext("Description"))}'
    return (
        f'<details class="at-length">{name}</summary>{linebreaks(text, autoescape=True)}</details>'
    )


STILL: Final = "(prefers-reduced-motion: reduce)"
"""Media query under which a still replaces an animation."""


@lru_cache(maxsize=2048)
def picture_markup(values: ImageAttributes | None, alt: str | None = None) -> SafeString:
    """The `picture` element; empty while no rendition is ready.

    Args:
        alt: instead of the image's own alt text.
    """
    if values is None:
        return SafeString("")
    alt_text = escape(values.alt if alt is None else alt)
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
        f' {sizes} width="{values.width}" height="{values.height}" alt="{alt_text}"'
        f' loading="{values.loading}"{priority} decoding="async"></picture>'
    )
