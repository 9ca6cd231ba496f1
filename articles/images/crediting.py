"""How a picture's credit is written, in one place for every output."""

from django.utils.html import format_html
from django.utils.safestring import SafeString

from articles.images.models import Image
from iria.publication.models import Publication


def credit_words(image: Image, publication: Publication) -> str:
    """The credit in the publication's wording, as text; empty for a picture without one."""
    credit = image.credit.strip()
    return publication.credit_line(credit) if credit else ""


def credit_line(image: Image, publication: Publication) -> SafeString:
    """The credit in the publication's wording, as markup, linked where it has a link.

    A picture that needs no credit and has none gives an empty text.
    """
    credit = image.credit.strip()
    if not credit:
        return SafeString("")
    before, _, after = publication.credit_wording.partition("{credit}")
    name = (
        format_html('<a href="{}">{}</a>', image.credit_url, credit) if image.credit_url else credit
    )
    return format_html('<span class="credit">{}{}{}</span>', before, name, after)
