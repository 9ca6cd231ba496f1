"""What of the library goes out by itself: the files, wherever somebody takes them."""

from articles.images.models import Image
from iria.kit.registry import PictureOutput


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
