"""Pictures, their rights, and the files they are served in."""

from articles.images.models.collection import Collection
from articles.images.models.event import PictureEvent
from articles.images.models.image import Image
from articles.images.models.likeness import Likeness
from articles.images.models.origins import Agency, Photographer
from articles.images.models.querysets import ImageQuerySet
from articles.images.models.rendition import FormerName, Rendition
from articles.images.models.words import PictureWords

__all__ = [
    "Agency",
    "Collection",
    "FormerName",
    "Image",
    "ImageQuerySet",
    "Likeness",
    "Photographer",
    "PictureEvent",
    "PictureWords",
    "Rendition",
]
