"""An audio file: its duration, and the removal of its tags (names, comments, cover images, places).

Only what surrounds the sound is changed, and nothing is encoded again. Where other parts of a file
refer to positions within it, the tags are overwritten in place instead of cut out. Ogg files keep
their comments: they are part of the stream that is needed to play it.
"""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO, Final

from tinytag import TinyTag, TinyTagException

from articles.files.inspection.file_types import (
    BROKEN,
    FLAC,
    M4A,
    MP3,
    NO_SOUND,
    VIDEO,
    WAV,
    FileType,
    Unfit,
)

SHORTEST: Final = 0.05
"""Seconds. Shorter than any sound that is worth an upload."""
LONGEST: Final = 7 * 24 * 3600


def clean(path: Path, file_type: FileType) -> dict[str, Any]:
    """Reads the file and removes its tags in place.

    Raises Unfit for a file without sound.
    """
    tags = _read(path)
    if tags.duration is None or not SHORTEST <= tags.duration <= LONGEST:
        raise Unfit(NO_SOUND)
    try:
        if file_type is M4A and has_video(path):
            raise Unfit(VIDEO)
        remove_tags(path, file_type)
    except (ValueError, IndexError) as error:
        raise Unfit(BROKEN) from error
    return {
        "duration": max(1, round(tags.duration)),
        "title": tags.title or "",
        "author": tags.artist or tags.albumartist or "",
        "removed": [],
    }


def _read(path: Path) -> TinyTag:
    try:
        return TinyTag.get(path)
    except TinyTagException as error:
        raise Unfit(BROKEN) from error


AT_ONCE: Final = 1024 * 1024
ID3V1_LENGTH: Final = 128
FLAC_PADDING: Final = 1
FLAC_TAGS: Final = frozenset({2, 4, 6})
"""Application data, comments and images."""
WAV_NEEDED: Final = frozenset({b"fmt ", b"data", b"fact", b"JUNK", b"cue "})
MP4_PARENTS: Final = frozenset({b"moov", b"trak", b"mdia"})
MP4_TAGS: Final = frozenset({b"udta", b"meta", b"uuid"})


def remove_tags(path: Path, file_type: FileType) -> None:
    """Removes the tags of this file. Raises ValueError or IndexError if its structure is broken."""
    if file_type is MP3:
        _cut_id3(path)
        return
    with path.open("r+b") as file:
        if file_type is M4A:
            for kind, start, end in _boxes(file, 0, _length(file)):
                if kind in MP4_TAGS:
                    _rename(file, start + 4, b"free")
                    _blank(file, start + 8, end)
        elif file_type is WAV:
            for kind, start, end in _chunks(file):
                if kind not in WAV_NEEDED:
                    _rename(file, start, b"JUNK")
                    _blank(file, start + 8, end)
        elif file_type is FLAC:
            _blank_flac(file)


def has_video(path: Path) -> bool:
    """Whether an MP4 file has a track of images."""
    with path.open("rb") as file:
        for kind, start, _ in _boxes(file, 0, _length(file)):
            if kind == b"hdlr":
                file.seek(start + 16)
                if file.read(4) == b"vide":
                    return True
    return False


def _length(file: BinaryIO) -> int:
    return file.seek(0, 2)


def _boxes(
    file: BinaryIO, start: int, end: int, depth: int = 0
) -> Iterator[tuple[bytes, int, int]]:
    """Type, start and end of each box, with those inside the boxes that can contain tags."""
    while start + 8 <= end:
        file.seek(start)
        size, kind = int.from_bytes(file.read(4), "big"), file.read(4)
        header = 8
        if size == 1:
            size, header = int.from_bytes(file.read(8), "big"), 16
        elif size == 0:
            size = end - start
        if size < header or start + size > end:
            message = "A box is longer than the file"
            raise ValueError(message)
        yield kind, start, start + size
        if kind in MP4_PARENTS and depth < len(MP4_PARENTS):
            yield from _boxes(file, start + header, start + size, depth + 1)
        start += size


def _chunks(file: BinaryIO) -> Iterator[tuple[bytes, int, int]]:
    """Type, start and end of each chunk of a WAV file; the last may be cut off."""
    start, whole = 12, _length(file)
    while start + 8 <= whole:
        file.seek(start)
        kind, size = file.read(4), int.from_bytes(file.read(4), "little")
        end = min(start + 8 + size, whole)
        yield kind, start, end
        start = end + size % 2


def _blank_flac(file: BinaryIO) -> None:
    start, last = 4, False
    whole = _length(file)
    while not last:
        file.seek(start)
        header = file.read(4)
        last, kind = bool(header[0] & 0x80), header[0] & 0x7F
        end = start + 4 + int.from_bytes(header[1:4], "big")
        if end > whole:
            message = "A block is longer than the file"
            raise ValueError(message)
        if kind in FLAC_TAGS:
            _rename(file, start, bytes([FLAC_PADDING | (0x80 if last else 0)]))
            _blank(file, start + 4, end)
        start = end


def _rename(file: BinaryIO, at: int, name: bytes) -> None:
    file.seek(at)
    file.write(name)


def _blank(file: BinaryIO, start: int, end: int) -> None:
    file.seek(start)
    for at in range(start, end, AT_ONCE):
        file.write(bytes(min(AT_ONCE, end - at)))


def _cut_id3(path: Path) -> None:
    """Cuts off the tags before and after the frames of an MP3 file."""
    content = path.read_bytes()
    start, end = 0, len(content)
    while content[start : start + 3] == b"ID3":
        size = 0
        for byte in content[start + 6 : start + 10]:
            size = size << 7 | byte & 0x7F
        footer = 10 if content[start + 5] & 0x10 else 0
        start += 10 + size + footer
    if content[-ID3V1_LENGTH : -ID3V1_LENGTH + 3] == b"TAG":
        end -= ID3V1_LENGTH
    if content[end - 32 : end - 24] == b"APETAGEX":
        end -= 32 + int.from_bytes(content[end - 20 : end - 16], "little")
    if start >= end:
        message = "Nothing but tags"
        raise ValueError(message)
    path.write_bytes(content[start:end])
