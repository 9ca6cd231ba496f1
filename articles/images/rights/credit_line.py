"""How a picture's credit is written, in one place for every output.

Whoever shows a picture takes its credit from here and never from the row. That a machine made the
picture is part of it, so no output can name the maker and leave that out.

The credit line of pictures that come from somebody the library knows.

One expression for one picture and for fifty thousand: photographer, a stroke, the agency in its
wording (“Ines Faro/via Reuters”). Without a photographer's row the creator's name stands there;
without any name, the agency alone. Where there is a photographer's row, it names the creator too.
"""

import re
from collections.abc import Mapping
from html import escape
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat, Length, NullIf, Trim
from django.utils.safestring import SafeString
from django.utils.translation import gettext

from articles.images.metadata.writing import Rights
from articles.images.models import Agency, Image, ImageQuerySet, Photographer
from iria.core.text.language import direction_of, interface_language
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
        before, _, after = publication.credit_format.partition("{credit}")
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


MOST: Final = 300
"""Letters of a credit. Only a long creator's name with an agency behind it can have more."""


def compose(pictures: ImageQuerySet) -> None:
    """Writes credit, link and creator of every picture with a photographer or an agency.

    Call it within `rights.recording`, which tells whoever has to know.

    Raises:
        ValidationError: for a line that is too long; nothing is cut off it.
    """
    known = pictures.exclude(photographer=None, agency=None)
    _refuse_long(known)
    known.update(
        credit=_line(),
        credit_url=_address(),
        byline=Coalesce(_photographer("name"), F("byline"), output_field=CharField()),
    )


def forget_photographer(pictures: ImageQuerySet, values: Mapping[str, Any]) -> None:
    """Where these values take the photographer away, the creator it named goes with it."""
    if "byline" not in values and values.get("photographer", "kept") is None:
        pictures.filter(byline=F("photographer__name")).update(byline="")


def too_long(creator: str, agency: Agency) -> str:
    """Why a creator without a photographer's row cannot stand before the agency; else nothing."""
    creator = creator.strip()
    letters = len(f"{creator}/{agency.wording}") if creator else 0
    return _sentence(letters) if letters > MOST else ""


def longest_creator(agency: Agency) -> str:
    """Of the agency's pictures without a photographer's row; empty where there is none."""
    unknown = Image.objects.filter(agency=agency, photographer=None).order_by(
        Length("byline").desc()
    )
    return unknown.values_list("byline", flat=True).first() or ""


def _refuse_long(pictures: ImageQuerySet) -> None:
    unknown = pictures.filter(photographer=None).alias(letters=Length(_line()))
    found = unknown.filter(letters__gt=MOST).values_list("headline", Length(_line())).first()
    if found:
        headline, letters = found
        raise ValidationError(
            f"“{headline}”: {_sentence(letters)}" if headline else _sentence(letters)
        )


def _sentence(letters: int) -> str:
    return (
        f"The credit of creator and agency would have {letters} letters, and {MOST} fit. Shorten the "
        "creator's name or the agency's wording, or choose a photographer."
    )


def addresses(pictures: ImageQuerySet) -> dict[int, str]:
    """Where photographer or agency lead, by the number of each picture of theirs that leads there."""
    known = pictures.exclude(photographer=None, agency=None)
    return {pk: address for pk, address in known.values_list("pk", _theirs()) if address}


def line_of(image: Image) -> str:
    """The line as it will be written, for a form that shows it."""
    composed: str = (
        Image.objects.filter(pk=image.pk).values_list(_line(), flat=True).first() or image.credit
    )
    return composed


def _line() -> Case:
    name = Coalesce(_photographer("name"), NullIf(Trim("byline"), Value("")))
    alone = Coalesce(NullIf(_agency("wording_alone"), Value("")), _agency("name"))
    return Case(
        When(agency=None, then=name),
        When(Q(photographer=None) & Q(byline__regex=r"^\s*$"), then=alone),
        default=Concat(name, Value("/"), _agency("wording"), output_field=CharField()),
        output_field=CharField(),
    )


def _address() -> Coalesce:
    return Coalesce(_theirs(), F("credit_url"), output_field=CharField())


def _theirs() -> Coalesce:
    return Coalesce(
        NullIf(_agency("address"), Value("")),
        NullIf(_photographer("address"), Value("")),
        output_field=CharField(),
    )


def _photographer(field: str) -> Subquery:
    return _of(Photographer.objects.filter(pk=OuterRef("photographer")), field)


def _agency(field: str) -> Subquery:
    return _of(Agency.objects.filter(pk=OuterRef("agency")), field)


def _of(rows: QuerySet[Any], field: str) -> Subquery:
    return Subquery(rows.values(field)[:1], output_field=CharField())
