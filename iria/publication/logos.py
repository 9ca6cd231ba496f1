"""The publication's logo and icon: made anew from what is uploaded, kept under a name of their own.

Whatever comes in is opened by the decoder of the picture library (a process of its own, through the
port `emblem_drawing`), and only pixels come out, as PNG. A drawing that could carry scripts (SVG)
is refused there.
"""

import hashlib
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.files import File

from iria.core.hooks import InvalidLogo, RenderedLogo, logo_renderers
from iria.publication.models import BrandImage, Publication

LARGEST_FILE: Final = 8 * 1024 * 1024
LOGO_BOX: Final = (800, 160)
"""Twice what the head of a page shows, for fine screens."""
ICON_SIDES: Final = (32, 180, 512)
"""For a tab, for a phone's first screen, for search engines."""
LEAST_ICON: Final = 180
LEAST_LOGO_HEIGHT: Final = 40
LOGOS: Final = ("logo", "logo_dark")
ICON: Final = "icon"


def draw_logo(file: bytes) -> list[RenderedLogo]:
    """The logo in the size that is served.

    Raises:
        ValidationError: it cannot be opened, or is too small to be sharp.
    """
    drawn = _draw(file, [LOGO_BOX])
    if drawn[0].height < LEAST_LOGO_HEIGHT:
        sentence = (
            f"The logo would be {drawn[0].width} × {drawn[0].height} pixels. It needs a height of at "
            f"least {LEAST_LOGO_HEIGHT}. Crop empty edges, or use a larger file."
        )
        raise ValidationError(sentence)
    return drawn


def draw_icon(file: bytes) -> list[RenderedLogo]:
    """The icon in each of its sizes.

    Raises:
        ValidationError: it cannot be opened, is not square or too small.
    """
    drawn = _draw(file, [(side, side) for side in ICON_SIDES])
    width, height = drawn[-1].width, drawn[-1].height
    if abs(width - height) > 2:
        sentence = "The icon is not square. Use an image of, for example, 512 × 512 pixels."
        raise ValidationError(sentence)
    if max(width, height) < LEAST_ICON:
        sentence = f"The icon has {width} × {height} pixels. It needs at least {LEAST_ICON} × {LEAST_ICON}."
        raise ValidationError(sentence)
    return drawn


def read(upload: "File[Any]") -> bytes:
    """The bytes of what was sent, its size looked at before it is read.

    Raises:
        ValidationError: it is too large for an emblem.
    """
    if upload.size > LARGEST_FILE:
        sentence = f"The file is larger than {LARGEST_FILE // 1024**2} MB. Choose a smaller one."
        raise ValidationError(sentence)
    return bytes(upload.read())


def _draw(file: bytes, boxes: list[tuple[int, int]]) -> list[RenderedLogo]:
    for draw in logo_renderers:
        try:
            return draw(file, boxes)
        except InvalidLogo as mistake:
            raise ValidationError(str(mistake)) from mistake
    sentence = "Images cannot be processed on this server."
    raise ValidationError(sentence)


def assign(publication: Publication, place: str, drawn: list[RenderedLogo]) -> None:
    """Makes the drawn picture the publication's `logo`, `logo_dark` or `icon`; it is not saved yet."""
    facts = [_save(each) for each in drawn]
    emblems = {
        name: fact for name, fact in publication.brand_images.items() if not _is(name, place)
    }
    if place == ICON:
        emblems |= {f"icon_{side}": fact for side, fact in zip(ICON_SIDES, facts, strict=True)}
    else:
        emblems[place] = facts[0]
    publication.brand_images = emblems


def remove(publication: Publication, place: str) -> None:
    """Takes the picture from its place; it is not saved yet."""
    publication.brand_images = {
        name: fact for name, fact in publication.brand_images.items() if not _is(name, place)
    }


def _is(name: str, place: str) -> bool:
    return name == place if place in LOGOS else name.startswith(f"{place}_")


def _save(drawn: RenderedLogo) -> dict[str, object]:
    name = f"{hashlib.blake2b(drawn.png, digest_size=10).hexdigest()}.png"
    values = {"png": drawn.png, "width": drawn.width, "height": drawn.height}
    emblem, _ = BrandImage.objects.get_or_create(name=name, defaults=values)
    return {
        "address": emblem.get_absolute_url(),
        "width": drawn.width,
        "height": drawn.height,
    }
