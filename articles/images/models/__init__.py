"""Pictures, their rights, and the files they are served in."""

from articles.images.models.image import (
    Collection,
    Image,
    ImageQuerySet,
    Likeness,
    PictureEvent,
    PictureWords,
)
from articles.images.models.rendition import FormerName, Rendition
from articles.images.models.sources import Agency, Photographer

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
