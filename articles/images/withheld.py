"""What stands in an article where a picture may not be shown: its place, quietly, and its caption."""

from html import escape

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from articles.body.cleaning import safe_caption
from iria.kit.speaking import direction_of, interface_language


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
