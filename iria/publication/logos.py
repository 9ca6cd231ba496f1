"""Logo and site icon: re-encoded as PNG by the decoder process of the image library.

SVG, which can contain scripts, is rejected.
"""

import hashlib
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.core.files import File

from iria.core.hooks import InvalidLogo, RenderedLogo, logo_renderers
from iria.publication.models import BrandImage, Publication

MAX_FILE_SIZE: Final = 8 * 1024 * 1024
LOGO_BOX: Final = (800, 160)
"""Twice the size in the page header, for high-density screens."""
ICON_SIDES: Final = (32, 180, 512)
"""For tabs, home screens of phones, and search engines."""
MIN_ICON_SIDE: Final = 180
MIN_LOGO_HEIGHT: Final = 40
LOGOS: Final = ("logo", "logo_dark")
ICON: Final = "icon"


def draw_logo(file: bytes) -> list[RenderedLogo]:
    """The logo in the size that is served.

    Raises:
        ValidationError: it cannot be opened, or is too small to be sharp.
    """
    rendered = _render(file, [LOGO_BOX])
    if rendered[0].height < MIN_LOGO_HEIGHT:
        raise ValidationError(
            f"The logo would be {rendered[0].width} × {rendered[0].height} pixels. It needs a height of at "
            f"least {MIN_LOGO_HEIGHT}. Crop empty edges, or use a larger file."
        )
    return rendered


def draw_icon(file: bytes) -> list[RenderedLogo]:
    """The icon in each of its sizes.

    Raises:
        ValidationError: it cannot be opened, is not square or too small.
    """
    rendered = _render(file, [(side, side) for side in ICON_SIDES])
    width, height = rendered[-1].width, rendered[-1].height
    if abs(width - height) > 2:
        raise ValidationError(
            "The icon is not square. Use an image of, for example, 512 × 512 pixels."
        )
    if max(width, height) < MIN_ICON_SIDE:
        raise ValidationError(
            f"The icon has {width} × {height} pixels. It needs at least {MIN_ICON_SIDE} × {MIN_ICON_SIDE}."
        )
    return rendered


def read(upload: "File[Any]") -> bytes:
    """The bytes of an upload.

    Raises:
        ValidationError: the file is too large.
    """
    if upload.size > MAX_FILE_SIZE:
        raise ValidationError(
            f"The file is larger than {MAX_FILE_SIZE // 1024**2} MB. Choose a smaller one."
        )
    return bytes(upload.read())


def _render(file: bytes, boxes: list[tuple[int, int]]) -> list[RenderedLogo]:
    for render in logo_renderers:
        try:
            return render(file, boxes)
        except InvalidLogo as error:
            raise ValidationError(str(error)) from error
    raise ValidationError("Images cannot be processed on this server.")


def assign(publication: Publication, place: str, rendered: list[RenderedLogo]) -> None:
    """Sets the `logo`, `logo_dark` or `icon` of the publication, without saving it."""
    stored = [_save(each) for each in rendered]
    images = {
        name: stored_image
        for name, stored_image in publication.brand_images.items()
        if not _is(name, place)
    }
    if place == ICON:
        images |= {
            f"icon_{side}": stored_image
            for side, stored_image in zip(ICON_SIDES, stored, strict=True)
        }
    else:
        images[place] = stored[0]
    publication.brand_images = images


def remove(publication: Publication, place: str) -> None:
    """Removes the image, without saving the publication."""
    publication.brand_images = {
        name: stored_image
        for name, stored_image in publication.brand_images.items()
        if not _is(name, place)
    }


def _is(name: str, place: str) -> bool:
    return name == place if place in LOGOS else name.startswith(f"{place}_")


def _save(rendered: RenderedLogo) -> dict[str, object]:
    name = f"{hashlib.blake2b(rendered.png, digest_size=10).hexdigest()}.png"
    values = {"png": rendered.png, "width": rendered.width, "height": rendered.height}
    image, _ = BrandImage.objects.get_or_create(name=name, defaults=values)
    return {
        "address": image.get_absolute_url(),
        "width": rendered.width,
        "height": rendered.height,
    }
