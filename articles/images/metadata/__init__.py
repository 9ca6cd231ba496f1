"""Metadata embedded in image files: plain Python, no Django, so it can be fuzzed alone."""

from articles.images.metadata.fields import LISTS, PictureMetadata, Unreadable
from articles.images.metadata.reader import read, read_file

__all__ = ["LISTS", "PictureMetadata", "Unreadable", "read", "read_file"]
