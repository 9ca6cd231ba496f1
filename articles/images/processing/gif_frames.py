"""How many frames a GIF has, counted by its blocks and without decoding any.

Source: GIF89a specification, sections 18 to 26. Pillow counts too, but to the very end, and a file
may hold millions.
"""

from pathlib import Path
from typing import IO, Final

MOST_BLOCKS: Final = 1_000_000
"""A GIF as large as we take in holds a quarter of this, unless it was made to cost time."""

_EXTENSION: Final = b"!"
_IMAGE: Final = b","


def gif_frames(path: Path, most: int) -> int:
    """The number of frames, at most `most`; what stands behind a break is not counted.

    Raises:
        ValueError: for a file of endless blocks.
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
                sentence = "The file has too many blocks."
                raise ValueError(sentence)
        return found


def _skip_colours(file: IO[bytes], flags: int) -> None:
    if flags & 0x80:
        file.seek(3 << (flags & 7) + 1, 1)


def _skip_data(file: IO[bytes], most: int) -> int:
    """Passes over sub-blocks to their end or that of the file; their number, at most `most`."""
    passed = 1
    while passed < most and (length := file.read(1)) and length != b"\0":
        file.seek(length[0], 1)
        passed += 1
    return passed
