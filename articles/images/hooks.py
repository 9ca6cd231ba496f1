"""Where an image is used, as all apps know it."""

from articles.images.models import Image
from iria.core import hooks
from iria.core.hooks import ImageUsage


def uses_of(image: Image) -> list[ImageUsage]:
    return [use for ask in hooks.image_usages for use in ask(image.pk)]


def public_uses_of(image: Image) -> list[ImageUsage]:
    """The places where readers see it now."""
    return [use for use in uses_of(image) if use.public]


def listed(uses: list[ImageUsage], most: int = 3) -> str:
    """The places in words; after a few of them, how many more."""
    words = [use.label for use in uses[:most]]
    if len(uses) > most:
        words.append(f"{len(uses) - most} more")
    return words[0] if len(words) == 1 else f"{', '.join(words[:-1])} and {words[-1]}"
