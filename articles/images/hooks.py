"""Where a picture is used, as every house of the project knows it.

What of the library goes out by itself: the files, wherever somebody takes them.
"""

from articles.images.models import Image
from iria.core import hooks
from iria.core.hooks import ImageUsage, PictureOutput


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


def files_of(image_id: int) -> list[PictureOutput]:
    """Every file of a picture that may be had now, as it is written."""
    image = Image.objects.get(pk=image_id)
    if not image.may_be_served:
        return []
    found = []
    for rendition in image.renditions.order_by("name"):
        with rendition.file.open("rb") as file:
            found.append(PictureOutput(f"the file {rendition}", file.read()))
    return found
