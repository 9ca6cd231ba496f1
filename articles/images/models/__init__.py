"""Images, their rights and their renditions."""

from articles.images.models.image import (
    Collection,
    Image,
    ImageEvent,
    ImageQuerySet,
    ImageSearchVector,
    OldRenditionName,
    Rendition,
    SimilarImage,
)
from articles.images.models.rights import Agency, Photographer

__all__ = [
    "Agency",
    "Collection",
    "Image",
    "ImageEvent",
    "ImageQuerySet",
    "ImageSearchVector",
    "OldRenditionName",
    "Photographer",
    "Rendition",
    "SimilarImage",
]
