"""Metadata embedded in image files: plain Python, no Django, so it can be fuzzed alone."""

from articles.images.metadata.fields import LISTS, ImageMetadata, Unreadable
from articles.images.metadata.reader import read, read_file

__all__ = ["LISTS", "ImageMetadata", "Unreadable", "read", "read_file"]
