"""Embeds rights in renditions. Plain Python, no Django.

What is embedded, and how it is changed with a credit: docs/algorithms/image-metadata.md.
"""

import struct
from collections.abc import Callable
from typing import Final

from articles.images.metadata.writing import avif, jpeg, png, webp
from articles.images.metadata.writing.rights import CannotEmbed, Rights

__all__ = ["CannotEmbed", "Rights", "embedded"]


def embedded(content: bytes, rights: Rights) -> bytes:
    """The file with these rights instead of all its metadata; its pixels are not changed.

    If every new block fits into the place of the old one, the result has the same length and
    differs only there.

    Raises:
        CannotEmbed: the file is not a JPEG, PNG, WebP or AVIF, or is broken.
    """
    for matches, embed in _CONTAINERS:
        if matches(content):
            try:
                return embed(content, rights)
            except (IndexError, struct.error, OverflowError) as mistake:
                message = "The file is broken."
                raise CannotEmbed(message) from mistake
    message = "The file is not a JPEG, PNG, WebP or AVIF."
    raise CannotEmbed(message)


_CONTAINERS: Final[tuple[tuple[Callable[[bytes], bool], Callable[[bytes, Rights], bytes]], ...]] = (
    (lambda content: content.startswith(b"\xff\xd8\xff"), jpeg.embedded),
    (lambda content: content.startswith(b"\x89PNG\r\n\x1a\n"), png.embedded),
    (lambda content: content[:4] == b"RIFF" and content[8:12] == b"WEBP", webp.embedded),
    (lambda content: content[4:8] == b"ftyp", avif.embedded),
)
