"""The credit line of pictures that come from somebody the library knows.

One expression for one picture and for fifty thousand: photographer, a stroke, the agency in its
wording (“Ines Faro/via Reuters”). Without a photographer's row the creator's name stands there;
without any name, the agency alone. Where there is a photographer's row, it names the creator too.
"""

from collections.abc import Mapping
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat, Length, NullIf, Trim

from articles.images.models import Agency, Image, ImageQuerySet, Photographer

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
