"""What a picture file says about itself: plain Python, no Django, so it can be fuzzed alone."""

from articles.images.metadata.reading import read, read_file
from articles.images.metadata.values import LISTS, PictureMetadata, Unreadable

__all__ = ["LISTS", "PictureMetadata", "Unreadable", "read", "read_file"]
