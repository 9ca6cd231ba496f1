"""Animations as WebP: every frame upright, in sRGB, scaled.

One frame is in memory at a time. Runs in the child process. Plain Python.
"""

from math import inf
from pathlib import Path
from time import process_time
from typing import Any, Final

from PIL import Image

from articles.images.metadata.fields import BROKEN_FILE
from articles.images.processing.colour_conversion import Colours
from articles.images.processing.image_reader import Pixels, turn_of
from articles.images.processing.rendition_sizes import Size
from articles.images.processing.resizing import shrunk, turned

SHORTEST: Final = 20
"""Minimum duration of a frame in milliseconds; browsers slow down shorter ones."""
DEFAULT_DURATION: Final = 100
LONGEST: Final = 10_000

_SAVE: Final[dict[str, Any]] = {"format": "WEBP", "quality": 70, "method": 0, "save_all": True}


class TooLong(Exception):
    """The animation cannot be made in time."""


class Reel(Image.Image):
    """The frames of an animation in one size, made one after another as Pillow requests them.

    If the animation is broken, the last complete frame is repeated.
    """

    def __init__(self, source: Pixels, size: Size, colours: Colours, until: float) -> None:
        super().__init__()
        self._until = until
        self._source = source
        self._turn = turn_of(source)
        upright = (size.width, size.height)
        self._aim = upright[::-1] if self._turn >= 5 else upright
        self._colours = colours
        # The first image of a PNG may be a still for software without animation.
        self._first = 1 if source.info.get("default_image") else 0
        self.n_frames = int(getattr(source, "n_frames", 1)) - self._first
        self.durations: list[int] = []
        self._broken = False
        self.seek(0)

    def seek(self, frame: int) -> None:
        if frame < len(self.durations):
            return
        if process_time() > self._until:
            raise TooLong
        try:
            self._show(self._first + frame)
        except (*BROKEN_FILE, Image.DecompressionBombError):
            if not self.durations:
                raise
            self._broken = True
        duration = self._source.info.get("duration") or DEFAULT_DURATION
        self.durations.append(round(min(max(duration, SHORTEST), LONGEST)))

    def _show(self, frame: int) -> None:
        if self._broken:
            return
        self._source.seek(frame)
        self._source.load()
        upright = turned(shrunk(self._source, self._aim), self._turn)
        shown = self._colours.to_srgb(upright)
        self.im, self._mode, self._size = shown.im, shown.mode, shown.size


def write_moving(
    source: Pixels, size: Size, colours: Colours, path: Path, *, until: float = inf
) -> bool:
    """Writes the animation; returns False if there is only one frame.

    Raises:
        TooLong: this process has used more CPU time than `until`, in seconds.
    """
    reel = Reel(source, size, colours, until)
    if reel.n_frames < 2:
        return False
    reel.save(path, **_SAVE, duration=reel.durations, loop=_rounds(source))
    return True


def _rounds(source: Pixels) -> int:
    """How often it plays, 0 for ever. A GIF counts repetitions, and plays once by default."""
    loop = source.info.get("loop")
    if source.format == "GIF":
        return 1 if loop is None else 0 if loop == 0 else int(loop) + 1
    return int(loop or 0)
