"""How many frames a GIF has, counted by its blocks and without decoding any.

Source: GIF89a specification, sections 18 to 26. Pillow counts too, but to the very end, and a file
may hold millions.
"""

from pathlib import Path
from typing import IO, Final

_EXTENSION: Final = b"!"
_IMAGE: Final = b","


def gif_frames(path: Path, most: int) -> int:
    """The number of frames, at most `most`; what stands behind a break is not counted."""
    with path.open("rb") as file:
        screen = file.read(13)
        if len(screen) < 13:
            return 0
        _skip_colours(file, screen[10])
        found = 0
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
            elif block == b"\0":
                continue
            else:
                break
            whole = _skip_data(file)
            found += block == _IMAGE
            if not whole:
                break
        return found


def _skip_colours(file: IO[bytes], flags: int) -> None:
    if flags & 0x80:
        file.seek(3 << (flags & 7) + 1, 1)


def _skip_data(file: IO[bytes]) -> bool:
    """Passes over sub-blocks; whether their end was there."""
    while length := file.read(1):
        if length == b"\0":
            return True
        file.seek(length[0], 1)
    return False
