"""What the editor shows of the pictures in a text."""

from typing import TypedDict

from articles.images.choosing import choice
from articles.images.crediting import credit_words
from articles.images.models import Image
from iria.publication.models import Publication

MOST = 200


class Described(TypedDict):
    name: str
    thumbnail: str
    alt: str
    credit: str
    may_be_shown: bool


def described(ids: list[str], publication: Publication) -> dict[str, Described]:
    """Id → facts, for the pictures that are in the library; in two queries."""
    numbers = {int(each) for each in ids[:MOST] if each.isascii() and each.isdigit()}
    small = {number for number in numbers if number < 10**18}
    return {
        str(image.pk): {
            "name": str(image),
            "thumbnail": choice(image).thumbnail,
            "alt": image.alt_text,
            "credit": credit_words(image, publication),
            "may_be_shown": image.may_be_shown,
        }
        for image in Image.objects.for_grid().filter(pk__in=small)
    }
