"""Counts the frames of a GIF by its blocks, without decoding.

Source: GIF89a specification, sections 18 to 26. Pillow counts too, but to the end, and a file may
have millions of frames.
"""

from pathlib import Path
from typing import IO, Final

MOST_BLOCKS: Final = 1_000_000
"""Four times as many as in the largest accepted normal GIF."""

_EXTENSION: Final = b"!"
_IMAGE: Final = b","


def gif_frames(path: Path, most: int) -> int:
    """The number of frames, at most `most`; those after broken data are not counted.

    Raises:
        ValueError: for a file with too many blocks.
    """
    with path.open("rb") as file:
        screen = file.read(13)
        if len(screen) < 13:
            return 0
        _skip_colours(file, screen[10])
        found = passed = 0
        while found < most:
            block = file.read(1)
            if block == _EXTENSION:
                file.seek(1, 1)
            elif block == _IMAGE:
                place = file.read(9)
                if len(place) < 9:
                    break
                _skip_colours(file, place[8])
                file.seek(1, 1)  # the width of the first codes
            elif block != b"\0":
                break
            found += block == _IMAGE
            passed += _skip_data(file, MOST_BLOCKS - passed) if block != b"\0" else 1
            if passed >= MOST_BLOCKS:
                message = "The file has too many blocks."
                raise ValueError(message)
        return found


def _skip_colours(file: IO[bytes], flags: int) -> None:
    if flags & 0x80:
        file.seek(3 << (flags & 7) + 1, 1)


def _skip_data(file: IO[bytes], most: int) -> int:
    """Skips sub-blocks to their end or that of the file; returns their number, at most `most`."""
    passed = 1
    while passed < most and (length := file.read(1)) and length != b"\0":
        file.seek(length[0], 1)
        passed += 1
    return passed
