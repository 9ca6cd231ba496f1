"""Embeds rights in renditions. Plain Python, no Django.

What is embedded, and how it is changed with a credit: docs/algorithms/image-metadata.md.
"""

from articles.images.metadata.writing.rights import Rights
from articles.images.metadata.writing.writer import CannotEmbed, embedded

__all__ = ["CannotEmbed", "Rights", "embedded"]
