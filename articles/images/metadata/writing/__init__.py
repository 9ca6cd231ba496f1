"""Whose a picture is, written into every file of it that is served. Plain Python, no Django.

What a rendition's file says, and how it is changed when a credit changes: docs/algorithms/metadata.md.
"""

from articles.images.metadata.writing.rights import Rights
from articles.images.metadata.writing.writer import CannotEmbed, embedded

__all__ = ["CannotEmbed", "Rights", "embedded"]
