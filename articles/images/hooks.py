"""Where an image is used, as all packages report it."""

from articles.images.models import Image
from iria.core import hooks
from iria.core.hooks import ImageUsage


def uses_of(image: Image) -> list[ImageUsage]:
    return [use for usage_of in hooks.image_usages for use in usage_of(image.pk)]


def public_uses_of(image: Image) -> list[ImageUsage]:
    """Where it is published now."""
    return [use for use in uses_of(image) if use.public]


def listed(uses: list[ImageUsage], most: int = 3) -> str:
    """The uses as text; after a few of them, how many more."""
    names = [use.label for use in uses[:most]]
    if len(uses) > most:
        names.append(f"{len(uses) - most} more")
    return names[0] if len(names) == 1 else f"{', '.join(names[:-1])} and {names[-1]}"
