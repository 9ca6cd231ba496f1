"""Writing rights into a file, and changing them there; no pixel is decoded for either."""

import struct
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Final

from articles.images.embedding import avif, jpeg, png, webp
from articles.images.embedding.errors import CannotEmbed
from articles.images.embedding.rights import Rights

__all__ = ["CannotEmbed", "embedded", "rewrite", "write"]


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


def write(path: Path, rights: Rights) -> None:
    """Puts the rights into a file that was just encoded. Raises `CannotEmbed` as `embedded` does."""
    _replace(path, embedded(path.read_bytes(), rights))


def rewrite(path: Path, rights: Rights) -> bool:
    """Changes the rights in a file; True where that was done in place.

    In place means: only the bytes of the blocks are written anew, in a file of the same length.
    Where a block grew beyond its place, a new file takes the old one's name in one step (False).
    Raises `CannotEmbed` as `embedded` does; the file is then as it was.
    """
    old = path.read_bytes()
    new = embedded(old, rights)
    if len(new) != len(old):
        _replace(path, new)
        return False
    changed = _difference(old, new)
    if changed is not None:
        with path.open("r+b") as file:
            file.seek(changed.start)
            file.write(new[changed.start : changed.stop])
    return True


def _difference(old: bytes, new: bytes) -> range | None:
    """From the first byte that differs to the last; None where none does."""
    if old == new:
        return None
    same = [mine == other for mine, other in zip(old, new, strict=True)]
    return range(same.index(False), len(same) - same[::-1].index(False))


def _replace(path: Path, content: bytes) -> None:
    """All or nothing: whoever reads the file meanwhile has the old one or the new one, whole."""
    with tempfile.NamedTemporaryFile(dir=path.parent, delete=False) as file:
        fresh = Path(file.name)
        try:
            file.write(content)
            file.flush()
            if path.exists():
                fresh.chmod(path.stat().st_mode & 0o777)
            fresh.replace(path)
        except BaseException:
            fresh.unlink(missing_ok=True)
            raise
