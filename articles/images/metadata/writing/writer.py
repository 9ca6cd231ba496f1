"""Writing rights into a file, and changing them there; no pixel is decoded for either."""

import struct
from collections.abc import Callable
from typing import Final

from articles.images.metadata.writing import avif, jpeg, png, webp
from articles.images.metadata.writing.rights import CannotEmbed, Rights

__all__ = ["CannotEmbed", "embedded"]


def embedded(content: bytes, rights: Rights) -> bytes:
    """The file with these rights in it instead of all it said before; its pixels are untouched.

    Where every new block fits into the place of the old one, the result has the same length and
    differs from what came in within these places only.

    Raises:
        CannotEmbed: for a file that is no JPEG, PNG, WebP or AVIF, or a broken one.
    """
    for begins, embed in _CONTAINERS:
        if begins(content):
            try:
                return embed(content, rights)
            except (IndexError, struct.error, OverflowError) as mistake:
                sentence = "The file is broken."
                raise CannotEmbed(sentence) from mistake
    sentence = "The file is no JPEG, PNG, WebP or AVIF."
    raise CannotEmbed(sentence)


_CONTAINERS: Final[tuple[tuple[Callable[[bytes], bool], Callable[[bytes, Rights], bytes]], ...]] = (
    (lambda content: content.startswith(b"\xff\xd8\xff"), jpeg.embedded),
    (lambda content: content.startswith(b"\x89PNG\r\n\x1a\n"), png.embedded),
    (lambda content: content[:4] == b"RIFF" and content[8:12] == b"WEBP", webp.embedded),
    (lambda content: content[4:8] == b"ftyp", avif.embedded),
)
