"""A mail in the publication's own look: its logo, and its accent in place of ours.

Mail programs know neither variables nor a second stylesheet, so the two colours are written into the
rules themselves. What the admin took as an accent can be read on our papers, and so can our papers'
colour on it (`iria.publication.colours`): links and buttons keep their contrast.
"""

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.contrib.staticfiles import finders
from django.utils.safestring import SafeString, mark_safe

from iria.publication import colours
from iria.publication.models import Publication

ACCENT: Final = "#005971"
ACCENT_DARK: Final = "#75c9da"
"""As they stand in static/css/mail/email.css; no other colour there is the accent."""

LOGO_HEIGHT: Final = 44
LOGO_WIDTH: Final = 280


@dataclass(frozen=True, slots=True)
class Logo:
    """The logo as a mail shows it: whole address, size in pixels."""

    address: str
    width: int
    height: int


def logos_of(publication: Publication) -> dict[str, Logo]:
    """The logo under `logo` and, where there is one for dark paper, under `logo_dark`."""
    standing: dict[str, dict[str, Any]] = publication.brand_images
    if "logo" not in standing:
        return {}
    return {name: _fitted(standing[name]) for name in ("logo", "logo_dark") if name in standing}


def _fitted(emblem: dict[str, Any]) -> Logo:
    width, height = emblem["width"], emblem["height"]
    scale = min(1, LOGO_HEIGHT / height, LOGO_WIDTH / width)
    address = f"{settings.SITE_URL}{emblem['address']}"
    return Logo(address, max(1, round(width * scale)), max(1, round(height * scale)))


def rules_of(publication: Publication) -> SafeString:
    """The rules of a mail, to be written into its elements."""
    return stylesheet(*colours_of(publication))


def colours_of(publication: Publication) -> tuple[str, str]:
    """The accent on light and on dark paper."""
    light = publication.accent
    if not light:
        return ACCENT, ACCENT_DARK
    return light, publication.accent_dark or colours.for_dark(light)


@lru_cache(maxsize=8)
def stylesheet(light: str, dark: str) -> SafeString:
    """The rules with these accents. They are our own file: they need no escaping in a `style`."""
    path = finders.find("css/mail/email.css")
    assert isinstance(path, str)  # noqa: S101 - a file of this project
    rules = Path(path).read_text("utf-8")
    return mark_safe(rules.replace(ACCENT, light).replace(ACCENT_DARK, dark))  # noqa: S308
