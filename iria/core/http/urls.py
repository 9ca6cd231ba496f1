"""URL converters, and paths and absolute URLs of this site. Importing the module registers the converters."""

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
    """A slug with letters of any script."""

    regex = r"[-\w]+"


class SlugPath(StringConverter):
    """Slugs from the top of a tree down, as in asia-pacific/japan."""

    regex = r"[-\w]+(?:/[-\w]+)*"


register_converter(Year, "year")
register_converter(Month, "month")
register_converter(Slug, "letters")
register_converter(SlugPath, "letters_path")


def parse_id(text: str | None) -> int | None:
    """Returns the id in a query parameter or form field; None for anything else."""
    if text and text.isascii() and text.isdecimal() and len(text) <= 18:
        return int(text)
    return None


@lru_cache(maxsize=5_000)
def url_path(name: str, *parts: str | int) -> str:
    """`reverse` with a cache; a front page needs a hundred paths."""
    return reverse(name, args=parts)


def safe_link(address: str) -> str:
    """A stored URL if it is safe in a link; empty for one that a browser would execute.

    Forms reject those. This is for rows that were written without a form.
    """
    return address if LEADS_SOMEWHERE.match(address) else ""


def absolute_url(path: str) -> str:
    """The absolute URL of a path, for feeds, e-mails and link tags."""
    return iri_to_uri(f"{settings.SITE_URL}{path}")
