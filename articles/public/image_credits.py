"""The images of a page whose credits stand at its foot.

A lead, a large card or a figure has its credit below it. The credits of smaller images and portraits
are listed once at the foot of the page (templates/articles/public/_image_credits.html), unless the
publication shows a credit below every image.
"""

from typing import Final, NamedTuple

from django.http import HttpRequest
from django.utils.translation import gettext

from accounts.models import AuthorProfile
from articles.editorial.models import Article
from articles.images.models import Image
from articles.images.rights.credit_line import short_credit

LONGEST: Final = 80
"""Characters of a headline in the list."""


class ImageName(NamedTuple):
    """What an image is called in the list: the short title of its article, or whose portrait it is."""

    text: str
    language: str = ""
    """The language of the text; empty for that of the interface."""


class ImageCredits:
    """The credits of a page, each with its images, in the order in which they are shown."""

    def __init__(self) -> None:
        self._found: dict[str, dict[ImageName, None]] = {}

    def add(self, image: Image, name: ImageName) -> None:
        """Adds an image; one that needs no credit and has none is left out."""
        if credit := short_credit(image):
            self._found.setdefault(credit, {})[name] = None

    @property
    def groups(self) -> list[tuple[str, list[ImageName]]]:
        return [(credit, list(names)) for credit, names in self._found.items()]


def image_credits(request: HttpRequest) -> dict[str, object]:
    """Context processor: `image_credits`."""
    return {"image_credits": ImageCredits()}


def name_of_image(of: Article | AuthorProfile) -> ImageName:
    """What the image of an article or of an author is called."""
    if isinstance(of, AuthorProfile):
        return portrait_name(of.name)
    return ImageName(short_title(of.headline), of.language)


def portrait_name(author: str) -> ImageName:
    return ImageName(gettext("portrait of %(name)s") % {"name": author})


def short_title(headline: str) -> str:
    """The headline up to its colon, cut after a word if it is still long."""
    title = headline.partition(": ")[0].strip()
    if len(title) <= LONGEST:
        return title
    cut, _, _ = title[:LONGEST].rpartition(" ")
    return f"{cut or title[:LONGEST]} …"
