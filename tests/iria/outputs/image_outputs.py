"""Outputs with an image that have no URL: files, and e-mails of issues that are not sent yet."""

from collections.abc import Callable
from dataclasses import dataclass

from articles.images.models import Image
from newsletter.email import rendering
from newsletter.models import Issue


@dataclass(frozen=True, slots=True)
class ImageOutput:
    name: str
    content: bytes


def files_of(image_id: int) -> list[ImageOutput]:
    """Every file of an image that can be downloaded now."""
    image = Image.objects.get(pk=image_id)
    if not image.may_be_served:
        return []
    found = []
    for rendition in image.renditions.order_by("name"):
        with rendition.file.open("rb") as file:
            found.append(ImageOutput(f"the file {rendition}", file.read()))
    return found


def emails_with(image_id: int) -> list[ImageOutput]:
    """HTML and text of each e-mail that would show the image now."""
    drafts = Issue.objects.filter(state__in=Issue.EDITABLE_STATES)
    found = []
    for issue in drafts.with_image(image_id).order_by("pk"):
        email = rendering.compose(issue)
        found.append(ImageOutput(f"the e-mail “{issue}”", email.html.encode()))
        found.append(ImageOutput(f"the text of the e-mail “{issue}”", email.text.encode()))
    return found


SOURCES: dict[str, Callable[[int], list[ImageOutput]]] = {
    "files": files_of,
    "newsletter": emails_with,
}
