"""The credit line of an image, in one place for every output.

Every output uses these functions and never the field itself. “Made with AI” is part of the credit,
so no output can leave it out.

For images with a photographer or an agency, SQL composes the line, for one image or for fifty
thousand: photographer, a slash, the agency's credit text (“Ines Faro/via Reuters”). Without a
photographer the creator's name is used; without any name, the agency alone.
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

from articles.images.metadata.rights_packet import Rights
from articles.images.models import Agency, Image, ImageQuerySet, Photographer
from iria.core.text.language import direction_of, interface_language
from iria.publication.models import Publication

SOURCE_TYPES: Final = "http://cv.iptc.org/newscodes/digitalsourcetype/"
URL: Final = re.compile(r"https?://[^\s<>\"]+")
EMBEDDED_FIELDS: Final = (
    "credit",
    "byline",
    "copyright_notice",
    "licence_url",
    "usage_terms",
    "digital_source_type",
)
"""Fields that are embedded in renditions; when one changes, the files are rewritten. Usage terms are
embedded only if they are the URL of a licence."""


def rights_of(image: Image) -> Rights:
    """The rights that are embedded in every rendition."""
    return Rights(
        credit=image.credit,
        creator=image.byline,
        copyright=image.copyright_notice,
        licence=licence_url(image),
        digital_source_type=image.digital_source_type,
    )


def plain_credit(image: Image) -> str:
    """The credit alone, for formats with a separate field for AI."""
    return image.credit.strip()


def unknown_label(image: Image) -> str:
    """What readers see in place of a credit that an imported image does not have yet."""
    return gettext("Credit unknown") if image.credit_pending and not plain_credit(image) else ""


def ai_label(image: Image) -> str:
    """The label for images made with AI; empty for others."""
    return gettext("Made with AI") if image.is_ai_made else ""


def credit_text(image: Image, publication: Publication) -> str:
    """The credit in the publication's format as text, with the AI label.

    Empty for an image that needs no credit and has none.
    """
    credit = plain_credit(image)
    line = publication.credit_line(credit) if credit else unknown_label(image)
    return " · ".join(part for part in (line, ai_label(image)) if part)


def short_credit(image: Image) -> str:
    """The same without the publication's format, for small images in lists."""
    return " · ".join(part for part in (_name(image), ai_label(image)) if part)


def _name(image: Image) -> str:
    return plain_credit(image) or unknown_label(image)


def credit_line(image: Image, publication: Publication) -> SafeString:
    """The same as HTML, with its link.

    Built without templates and formatters: a front page has thirty credits.
    """
    credit = plain_credit(image)
    parts = []
    if credit:
        before, _, after = publication.credit_format.partition("{credit}")
        name = escape(credit)
        if URL.fullmatch(image.credit_url):
            name = f'<a href="{escape(image.credit_url)}">{name}</a>'
        parts.append(f'<span class="credit">{escape(before)}{name}{escape(after)}</span>')
    elif unknown := unknown_label(image):
        parts.append(f'<span class="credit">{escape(unknown)}</span>')
    if label := ai_label(image):
        parts.append(_ai_label_html(label))
    return SafeString(" · ".join(parts))


def _ai_label_html(label: str) -> str:
    """With the interface language, which may differ from that of the text around it."""
    code = interface_language()
    return f'<span class="ai-made" lang="{code}" dir="{direction_of(code)}">{escape(label)}</span>'


def licence_url(image: Image) -> str:
    """The URL of its licence. Usage terms as text are internal."""
    terms = image.usage_terms.strip()
    return next((each for each in (image.licence_url, terms) if URL.fullmatch(each)), "")


def licensor_url(image: Image) -> str:
    """The URL in the licensor field; empty if there is none."""
    found = URL.search(image.licensor)
    return found[0].rstrip(".,;)") if found else ""


def source_type_url(image: Image) -> str:
    """The digital source type as a URL of the IPTC vocabulary; empty if unknown."""
    name = image.digital_source_type.strip().rsplit("/", 1)[-1]
    return f"{SOURCE_TYPES}{name}" if name.isalpha() else ""


MAX_CREDIT_LENGTH: Final = 300
"""Characters of a credit. Only a long creator's name with an agency can have more."""


def compose(images: ImageQuerySet) -> None:
    """Writes credit, link and creator of every image with a photographer or an agency.

    Call it within `rights_changes.recording`.

    Raises:
        ValidationError: a line is too long.
    """
    known = images.exclude(photographer=None, agency=None)
    _check_length(known)
    known.update(
        credit=_line(),
        credit_url=_credit_url(),
        byline=Coalesce(_photographer("name"), F("byline"), output_field=CharField()),
    )


def clear_photographer(images: ImageQuerySet, values: Mapping[str, Any]) -> None:
    """If these values clear the photographer, clears the creator with the same name too."""
    if "byline" not in values and values.get("photographer", "unchanged") is None:
        images.filter(byline=F("photographer__name")).update(byline="")


def too_long(creator: str, agency: Agency) -> str:
    """Why a creator's name does not fit before the agency's credit text; empty if it fits."""
    creator = creator.strip()
    length = len(f"{creator}/{agency.credit_text}") if creator else 0
    return _too_long_message(length) if length > MAX_CREDIT_LENGTH else ""


def longest_creator(agency: Agency) -> str:
    """The longest creator's name of the agency's images without a photographer."""
    unknown = Image.objects.filter(agency=agency, photographer=None).order_by(
        Length("byline").desc()
    )
    return unknown.values_list("byline", flat=True).first() or ""


def _check_length(images: ImageQuerySet) -> None:
    unknown = images.filter(photographer=None).alias(length=Length(_line()))
    found = (
        unknown.filter(length__gt=MAX_CREDIT_LENGTH)
        .values_list("headline", Length(_line()))
        .first()
    )
    if found:
        headline, length = found
        message = _too_long_message(length)
        raise ValidationError(f"“{headline}”: {message}" if headline else message)


def _too_long_message(length: int) -> str:
    return (
        f"The credit of creator and agency would have {length} characters; the maximum is {MAX_CREDIT_LENGTH}. "
        "Shorten the creator's name or the agency's credit text, or choose a photographer."
    )


def source_urls(images: ImageQuerySet) -> dict[int, str]:
    """The links of agency or photographer by image id, for images that have one."""
    known = images.exclude(photographer=None, agency=None)
    return {pk: url for pk, url in known.values_list("pk", _source_url()) if url}


def _line() -> Case:
    name = Coalesce(_photographer("name"), NullIf(Trim("byline"), Value("")))
    alone = Coalesce(NullIf(_agency("credit_text_alone"), Value("")), _agency("name"))
    return Case(
        When(agency=None, then=name),
        When(Q(photographer=None) & Q(byline__regex=r"^\s*$"), then=alone),
        default=Concat(name, Value("/"), _agency("credit_text"), output_field=CharField()),
        output_field=CharField(),
    )


def _credit_url() -> Coalesce:
    return Coalesce(_source_url(), F("credit_url"), output_field=CharField())


def _source_url() -> Coalesce:
    return Coalesce(
        NullIf(_agency("url"), Value("")),
        NullIf(_photographer("url"), Value("")),
        output_field=CharField(),
    )


def _photographer(field: str) -> Subquery:
    return _of(Photographer.objects.filter(pk=OuterRef("photographer")), field)


def _agency(field: str) -> Subquery:
    return _of(Agency.objects.filter(pk=OuterRef("agency")), field)


def _of(rows: QuerySet[Any], field: str) -> Subquery:
    return Subquery(rows.values(field)[:1], output_field=CharField())
