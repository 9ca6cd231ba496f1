"""How a picture's credit is written, in one place for every output.

Whoever shows a picture takes its credit from here and never from the row. That a machine made the
picture is part of it, so no output can name the maker and leave that out.
"""

import re
from html import escape
from typing import Final

from django.utils.safestring import SafeString
from django.utils.translation import gettext

from articles.images.embedding import Rights
from articles.images.models import Image
from iria.kit.speaking import direction_of, interface_language
from iria.publication.models import Publication

SOURCE_TYPES: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
ADDRESS: Final = re.compile(r"https?://[^\s<>\"]+")
TOLD: Final = (
    "credit",
    "byline",
    "copyright_notice",
    "licence_url",
    "usage_terms",
    "digital_source_type",
)
"""What the files that are served tell of a picture: where one of these changes, so do they. Of its
terms they tell the address of a licence, if that is what stands there."""


def rights_of(image: Image) -> Rights:
    """What is written into every file of a picture."""
    return Rights(
        credit=image.credit,
        creator=image.byline,
        copyright=image.copyright_notice,
        licence=licence_address(image),
        digital_source_type=image.digital_source_type,
    )


def plain_credit(image: Image) -> str:
    """Who made it and through whom we have it, for machines that have a field of its own for that."""
    return image.credit.strip()


def made_by_machine(image: Image) -> str:
    """What readers are told of a picture that a machine made, or parts of it; else nothing."""
    return gettext("Made with AI") if image.is_ai_made else ""


def credit_words(image: Image, publication: Publication) -> str:
    """The credit in the publication's wording, as text, and whether a machine made the picture.

    Empty for a picture that needs no credit and has none.
    """
    credit = plain_credit(image)
    words = publication.credit_line(credit) if credit else ""
    return " · ".join(part for part in (words, made_by_machine(image)) if part)


def short_credit(image: Image) -> str:
    """The same without the publication's words around it, for small pictures in lists."""
    return " · ".join(part for part in (plain_credit(image), made_by_machine(image)) if part)


def credit_line(image: Image, publication: Publication) -> SafeString:
    """The same as markup, linked where it has a link.

    Written without templates and formatters: a front page has thirty of them.
    """
    credit = plain_credit(image)
    parts = []
    if credit:
        before, _, after = publication.credit_wording.partition("{credit}")
        name = escape(credit)
        if ADDRESS.fullmatch(image.credit_url):
            name = f'<a href="{escape(image.credit_url)}">{name}</a>'
        parts.append(f'<span class="credit">{escape(before)}{name}{escape(after)}</span>')
    if words := made_by_machine(image):
        parts.append(_marked(words))
    return SafeString(" · ".join(parts))


def _marked(words: str) -> str:
    """Interface words, which may stand in a text of any language."""
    code = interface_language()
    return f'<span class="ai-made" lang="{code}" dir="{direction_of(code)}">{escape(words)}</span>'


def licence_address(image: Image) -> str:
    """Where its licence can be read. Terms in words are for the newsroom alone."""
    terms = image.usage_terms.strip()
    return next((each for each in (image.licence_url, terms) if ADDRESS.fullmatch(each)), "")


def licensor_address(image: Image) -> str:
    """Where a licence can be had; empty where nobody wrote an address."""
    found = ADDRESS.search(image.licensor)
    return found[0].rstrip(".,;)") if found else ""


def source_type_address(image: Image) -> str:
    """How it came to be, as an address of the IPTC's vocabulary; empty where nothing is known."""
    name = image.digital_source_type.strip().rsplit("/", 1)[-1]
    return f"{SOURCE_TYPES}{name}" if name.isalpha() else ""
