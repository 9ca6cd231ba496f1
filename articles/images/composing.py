"""The credit line of pictures that come from somebody the library knows.

One expression for one picture and for fifty thousand: photographer, a stroke, the agency in its
wording (“Ines Faro/via Reuters”). Without a photographer's row the creator's name stands there;
without any name, the agency alone.
"""

from typing import Any

from django.db.models import Case, CharField, F, OuterRef, Q, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce, Concat, Left, NullIf, Trim

from articles.images.models import Agency, Image, ImageQuerySet, Photographer


def compose(pictures: ImageQuerySet) -> None:
    """Writes the credit, and where it leads, of every picture with a photographer or an agency.

    Call it within `rights.recording`, which tells whoever has to know.
    """
    known = pictures.exclude(photographer=None, agency=None)
    known.update(credit=_line(), credit_url=_address())


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


def _line() -> Left:
    name = Coalesce(_photographer("name"), NullIf(Trim("byline"), Value("")))
    alone = Coalesce(NullIf(_agency("wording_alone"), Value("")), _agency("name"))
    line = Case(
        When(agency=None, then=name),
        When(Q(photographer=None) & Q(byline__regex=r"^\s*$"), then=alone),
        default=Concat(name, Value("/"), _agency("wording"), output_field=CharField()),
        output_field=CharField(),
    )
    return Left(line, 300)


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
