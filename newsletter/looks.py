"""The look of a mail where it is shown on a page."""

from django.urls import reverse

from iria.publication.letters.looks import ACCENT, ACCENT_DARK, colours_of
from iria.publication.models import Publication


def stylesheet_address(publication: Publication) -> str:
    """Where the same rules stand for a page whose policy forbids styles in the page; empty for ours."""
    light, dark = colours_of(publication)
    if (light, dark) == (ACCENT, ACCENT_DARK):
        return ""
    return reverse("newsletter_letter_rules", args=[light[1:], dark[1:]])
