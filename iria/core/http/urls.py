"""Addresses: their parts, for the rooms' `urls.py`, and whole ones, for the world outside.

Importing this module makes the parts known to Django.
"""

import re
from functools import lru_cache
from typing import Final

from django.conf import settings
from django.urls import register_converter, reverse
from django.urls.converters import StringConverter
from django.utils.encoding import iri_to_uri

LEADS_SOMEWHERE: Final = re.compile(r"(?:https?|mailto|tel):|[/#?]", re.IGNORECASE)


class Year:
    regex = "[0-9]{4}"

    def to_python(self, value: str) -> int:
        return int(value)

    def to_url(self, value: int) -> str:
        return f"{value:04}"


class Month(Year):
    regex = "0[1-9]|1[0-2]"

    def to_url(self, value: int) -> str:
        return f"{value:02}"


class Slug(StringConverter):
    """A slug that may hold letters of any script."""

    regex = r"[-\w]+"


class SlugPath(StringConverter):
    """Slugs from the top of a tree down, as in asia-pacific/japan."""

    regex = r"[-\w]+(?:/[-\w]+)*"


register_converter(Year, "year")
register_converter(Month, "month")
register_converter(Slug, "letters")
register_converter(SlugPath, "letters_path")


@lru_cache(maxsize=20_000)
def url_path(name: str, *parts: str | int) -> str:
    """`reverse`, remembered: an address follows from its parts alone, and a front page asks for a
    hundred of them each time."""
    return reverse(name, args=parts)


def safe_link(address: str) -> str:
    """A stored address as it may stand in a link; empty for one that a browser would run.

    Forms refuse such addresses. This is for rows that were written past the forms.
    """
    return address if LEADS_SOMEWHERE.match(address) else ""


def absolute_url(path: str) -> str:
    """The whole address of a path on this site, as it may stand in a feed, a mail, a link tag."""
    return iri_to_uri(f"{settings.SITE_URL}{path}")
