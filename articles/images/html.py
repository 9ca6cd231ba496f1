"""Images as HTML: `<picture>`, caption and figure, from templates/articles/images/."""

from django.utils.safestring import SafeString

from articles.body.sanitiser import safe_caption
from articles.images.models import Image
from articles.images.rights.credit_line import credit_line, short_credit
from articles.images.srcset import ImageAttributes, image_attributes
from iria.core.fragments import render_fragment
from iria.core.text.language import direction_of, interface_language
from iria.publication.models import Publication


def picture_html(values: ImageAttributes | None, alt: str | None = None) -> SafeString:
    """The `<picture>` element; empty while the image has no renditions.

    Args:
        alt: instead of the image's own alternative text.
    """
    if values is None:
        return SafeString("")
    alt_text = values.alt if alt is None else alt
    return render_fragment("articles/images/_picture.html", image=values, alt=alt_text)


def small_image_html(image: Image, use: str = "card", *, has_credit: bool = False) -> SafeString:
    """A small image in a list. The entry it belongs to is a link already.

    Args:
        has_credit: whether its credit is below it; otherwise it is at the foot of the page.
    """
    values = image_attributes(image, use)
    credit = short_credit(image) if has_credit else ""
    return render_fragment("articles/images/_with_credit.html", image=values, credit=credit)


def caption_html(image: Image, caption: str, publication: Publication) -> SafeString:
    """The `figcaption`: caption, credit and long description; an empty text without any of them.

    Args:
        caption: of this use, as HTML.
    """
    return render_fragment(
        "articles/images/_caption.html",
        caption=SafeString(safe_caption(caption)),
        credit=credit_line(image, publication),
        description=image.extended_description.strip(),
        **_interface(),
    )


def unavailable_html(caption: str, classes: str = "figure figure-normal") -> SafeString:
    """A figure without its image. Its credit is hidden with it.

    Args:
        caption: of this use, as HTML.
        classes: that the figure would have with its image.
    """
    return render_fragment(
        "articles/images/_unavailable.html",
        caption=SafeString(safe_caption(caption)),
        classes=classes,
        **_interface(),
    )


def figure_html(
    values: ImageAttributes | None, alt: str, caption: SafeString, classes: str, url: str
) -> SafeString:
    """A figure in a text; nothing while no size of the image is ready.

    Args:
        alt: of this use.
        caption: the `figcaption`.
        url: of the full-size view, or nothing where there is none.
    """
    if values is None:
        return SafeString("")
    return render_fragment(
        "articles/images/_figure.html",
        image=values,
        alt=alt,
        caption=caption,
        classes=classes,
        url=url,
    )


def gallery_html(figures: str, caption: str, width: str) -> SafeString:
    """Several figures side by side; `figures` and `caption` are safe HTML."""
    return render_fragment(
        "articles/images/_gallery.html",
        figures=SafeString(figures),
        caption=SafeString(caption),
        width=width,
    )


def _interface() -> dict[str, str]:
    """`lang` and `dir` for interface text within a text."""
    code = interface_language()
    return {"language": code, "direction": direction_of(code)}
