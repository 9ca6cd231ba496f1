"""The look of a mail where it is shown on a page."""

from enum import StrEnum
from typing import Final

from django.urls import reverse

from iria.publication.letters.looks import ACCENT, ACCENT_DARK, colours_of, stylesheet
from iria.publication.models import Publication

DARK: Final = "@media (prefers-color-scheme: dark)"
"""As it stands in static/css/mail/letter.css, once."""


class Scheme(StrEnum):
    """In which light a mail is shown; the value is what a page says of its `color-scheme`."""

    AS_THE_SCREEN = "light dark"
    LIGHT = "only light"
    DARK = "dark"


SAID: Final = {Scheme.LIGHT: "day", Scheme.DARK: "night"}
"""How the address of the rules says it."""
SHOWN_IN: Final = {"day": "@media not all", "night": "@media all"}


def stylesheet_address(publication: Publication, scheme: Scheme = Scheme.AS_THE_SCREEN) -> str:
    """Where the same rules stand for a page whose policy forbids styles in the page; empty for ours."""
    light, dark = colours_of(publication)
    if scheme is not Scheme.AS_THE_SCREEN:
        return reverse("newsletter_letter_rules", args=[light[1:], dark[1:], SAID[scheme]])
    if (light, dark) == (ACCENT, ACCENT_DARK):
        return ""
    return reverse("newsletter_letter_rules", args=[light[1:], dark[1:]])


def rules(light: str, dark: str, hours: str) -> str:
    """The rules with these accents: for the screen's own scheme, or for `day` or `night` alone."""
    written = str(stylesheet(light, dark))
    return written.replace(DARK, SHOWN_IN[hours]) if hours else written
