"""Where a picture is used, as every house of the project knows it."""

from articles.images.models import Image
from iria.kit import registry
from iria.kit.registry import PictureUse


def uses_of(image: Image) -> list[PictureUse]:
    return [use for ask in registry.picture_uses for use in ask(image.pk)]


def public_uses_of(image: Image) -> list[PictureUse]:
    """The places where readers see it now."""
    return [use for use in uses_of(image) if use.public]


def listed(uses: list[PictureUse], most: int = 3) -> str:
    """The places in words; after a few of them, how many more."""
    words = [use.where for use in uses[:most]]
    if len(uses) > most:
        words.append(f"{len(uses) - most} more")
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
