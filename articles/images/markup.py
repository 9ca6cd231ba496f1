"""A picture in all its formats and widths, as markup.

Written here and not as a template: a front page draws thirty of them, and every value but the
alternative text is a number or an address of ours.
"""

from functools import lru_cache
from html import escape
from typing import Final

from django.utils.safestring import SafeString

from articles.images.showing import PictureValues

STILL: Final = "(prefers-reduced-motion: reduce)"
"""For whom an animation stands still."""


@lru_cache(maxsize=2048)
def picture_markup(values: PictureValues | None, alt: str | None = None) -> SafeString:
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
