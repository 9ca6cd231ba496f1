"""The branding of e-mails: logo and accent colour of the publication.

Mail programs support neither CSS variables nor a second stylesheet, so the two colours are written into the
rules. The contrast of the accent with our backgrounds was checked in the admin
(`iria.publication.colours`), so links and buttons are readable.
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
"""The values in static/css/mail/email.css, where no other colour has the same value."""

LOGO_HEIGHT: Final = 44
LOGO_WIDTH: Final = 280


@dataclass(frozen=True, slots=True)
class Logo:
    """The logo in an e-mail: absolute URL, size in pixels."""

    address: str
    width: int
    height: int


def logos_of(publication: Publication) -> dict[str, Logo]:
    """The logo as `logo`, and the logo for dark mode, if any, as `logo_dark`."""
    images: dict[str, dict[str, Any]] = publication.brand_images
    if "logo" not in images:
        return {}
    return {name: _fitted(images[name]) for name in ("logo", "logo_dark") if name in images}


def _fitted(image: dict[str, Any]) -> Logo:
    width, height = image["width"], image["height"]
    scale = min(1, LOGO_HEIGHT / height, LOGO_WIDTH / width)
    url = f"{settings.SITE_URL}{image['address']}"
    return Logo(url, max(1, round(width * scale)), max(1, round(height * scale)))


def rules_of(publication: Publication) -> SafeString:
    """The CSS of an e-mail, to be inlined."""
    return stylesheet(*colours_of(publication))


def colours_of(publication: Publication) -> tuple[str, str]:
    """The accent for light and dark mode."""
    light = publication.accent
    if not light:
        return ACCENT, ACCENT_DARK
    return light, publication.accent_dark or colours.for_dark(light)


@lru_cache(maxsize=8)
def stylesheet(light: str, dark: str) -> SafeString:
    """The CSS with these accents. It is a file of the project, so it needs no escaping in `style`."""
    path = finders.find("css/mail/email.css")
    assert isinstance(path, str)  # noqa: S101 - a file of this project
    rules = Path(path).read_text("utf-8")
    return mark_safe(rules.replace(ACCENT, light).replace(ACCENT_DARK, dark))  # noqa: S308
