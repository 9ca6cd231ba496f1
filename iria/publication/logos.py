"""Logo and site icon: re-encoded as PNG by the decoder process of the image library.

SVG, which can contain scripts, is rejected.
"""

import hashlib
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.files import File

from iria.core.hooks import InvalidLogo, RenderedLogo, logo_renderers
from iria.publication.models import BrandImage, Publication

LARGEST_FILE: Final = 8 * 1024 * 1024
LOGO_BOX: Final = (800, 160)
"""Twice the size in the page header, for high-density screens."""
ICON_SIDES: Final = (32, 180, 512)
"""For tabs, home screens of phones, and search engines."""
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
    """The bytes of an upload.

    Raises:
        ValidationError: the file is too large.
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
    """Sets the `logo`, `logo_dark` or `icon` of the publication, without saving it."""
    facts = [_save(each) for each in drawn]
    images = {name: fact for name, fact in publication.brand_images.items() if not _is(name, place)}
    if place == ICON:
        images |= {f"icon_{side}": fact for side, fact in zip(ICON_SIDES, facts, strict=True)}
    else:
        images[place] = facts[0]
    publication.brand_images = images


def remove(publication: Publication, place: str) -> None:
    """Removes the image, without saving the publication."""
    publication.brand_images = {
        name: fact for name, fact in publication.brand_images.items() if not _is(name, place)
    }


def _is(name: str, place: str) -> bool:
    return name == place if place in LOGOS else name.startswith(f"{place}_")


def _save(drawn: RenderedLogo) -> dict[str, object]:
    name = f"{hashlib.blake2b(drawn.png, digest_size=10).hexdigest()}.png"
    values = {"png": drawn.png, "width": drawn.width, "height": drawn.height}
    image, _ = BrandImage.objects.get_or_create(name=name, defaults=values)
    return {
        "address": image.get_absolute_url(),
        "width": drawn.width,
        "height": drawn.height,
    }
