"""A picture in all its formats and widths, as markup.

Written here and not as a template: a front page draws thirty of them, and every value but the
alternative text is a number or an address of ours.
"""

from html import escape

from django.utils.safestring import SafeString

from articles.images.showing import PictureValues


def picture_markup(values: PictureValues | None, alt: str | None = None) -> SafeString:
    """The `picture` element; an empty text while no size of the picture is ready.

    Args:
        alt: instead of the picture's own alternative text.
    """
    if values is None:
        return SafeString("")
    words = escape(values.alt if alt is None else alt)
    sources = "".join(
        f'<source type="{source.media_type}" srcset="{source.srcset}" sizes="{values.sizes}">'
        for source in values.sources
    )
    priority = ' fetchpriority="high"' if values.fetchpriority == "high" else ""
    return SafeString(
        f'<picture>{sources}<img src="{values.src}" srcset="{values.srcset}"'
        f' sizes="{values.sizes}" width="{values.width}" height="{values.height}" alt="{words}"'
        f' loading="{values.loading}"{priority} decoding="async"></picture>'
    )
