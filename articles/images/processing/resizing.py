"""Decodes, scales and writes images and animations: upright, in sRGB, in the sizes that are served.

Runs in the child process (`decoder_process`), never in a web process. Plain Python. Of an animation,
written as WebP, one frame is in memory at a time.

The perceptual hash of 64 bits is similar for similar images of any size, format and quality: the lowest
frequencies of a small grey copy (a discrete cosine transform, as in Zauner 2010, “Implementation and
Benchmarking of Perceptual Image Hash Functions”). A bit is set if a frequency is stronger than the median.
"""

from itertools import product
from math import cos, inf, pi
from pathlib import Path
from statistics import median
from time import process_time
from typing import Any, Final

from PIL import Image

from articles.images.metadata.fields import BROKEN_FILE
from articles.images.processing.colour_conversion import Colours, eight_bits
from articles.images.processing.file_types import GIF, PNG, Kind
from articles.images.processing.image_reader import Pixels, turn_of, upright_size
from articles.images.processing.rendition_sizes import WIDTHS, Size, height_at

_TURNS: Final = {
    2: Image.Transpose.FLIP_LEFT_RIGHT,
    3: Image.Transpose.ROTATE_180,
    4: Image.Transpose.FLIP_TOP_BOTTOM,
    5: Image.Transpose.TRANSPOSE,
    6: Image.Transpose.ROTATE_270,
    7: Image.Transpose.TRANSVERSE,
    8: Image.Transpose.ROTATE_90,
}
SAVE: Final[dict[str, dict[str, Any]]] = {
    "avif": {
        "format": "AVIF",
        "quality": 69,
        "speed": 9,
        "max_threads": 1,
        "advanced": {"disable-trellis-quant": "1"},
    },
    "webp": {"format": "WEBP", "quality": 97, "method": 0},
    "jpeg": {"format": "JPEG", "quality": 82, "optimize": True, "progressive": True},
    "png": {"format": "PNG", "compress_level": 4},
}
"""Chosen so that flat colours do not change (docs/algorithms/images.md). For photographs AVIF at
speed 9 is as good as at 8, one per cent larger, and takes a quarter of the time; trellis quantisation
would take a fifth more time without a difference."""
_CRISP: Final[dict[str, dict[str, Any]]] = {
    "avif": {"subsampling": "4:4:4", "speed": 8, "quality": 80},
    "jpeg": {"subsampling": "4:4:4"},
}
"""For drawings and screenshots: thin coloured lines keep their colour."""
_CUT: Final[dict[str, dict[str, Any]]] = {"jpeg": {"progressive": False}}
"""Crops are small and need not be progressive, which takes twice the time."""

_AS_IT_IS, _ONE_MORE = list(range(256)), [*range(1, 256), 255]
_EVEN: Final = {
    "RGB": [*_ONE_MORE, *_AS_IT_IS, *_ONE_MORE],
    "RGBA": [*_ONE_MORE, *_AS_IT_IS, *_ONE_MORE, *_AS_IT_IS],
}
"""Red and blue plus one: the AVIF encoder truncates chroma instead of rounding, at every quality,
which makes dark greys green (docs/algorithms/images.md)."""

_SCALABLE: Final = {"RGB", "L", "CMYK", "LAB", "I", "F"}
_BAND: Final = 64
_MANY: Final = 20_000_000


def is_transparent(image: Pixels) -> bool:
    """Whether any pixel of a decoded image is transparent."""
    return image.mode == "RGBA" and int(image.getchannel("A").getextrema()[0]) < 255  # type: ignore[arg-type]


def decode(image: Pixels, colours: Colours, widest: int = WIDTHS[-1]) -> Pixels:
    """The pixels, upright, in sRGB (RGB or RGBA), at most `widest` wide, without metadata."""
    turn = turn_of(image)
    width, height = upright_size(image)
    fitting = min(widest, width)
    aim = (fitting, height_at(fitting, width, height))
    lying = aim[::-1] if turn >= 5 else aim
    image.draft(image.mode, lying)
    image.load()
    plain = colours.to_srgb(turned(shrunk(image, lying), turn))
    if plain is image:
        plain = image.copy()
    plain.info = {}
    return plain


def turned(image: Pixels, turn: int) -> Pixels:
    return image.transpose(_TURNS[turn]) if turn in _TURNS else image


def shrunk(image: Pixels, aim: tuple[int, int]) -> Pixels:
    """Scaled, and in a mode whose colours can be converted: no palettes, no single bits."""
    if image.size == aim and image.mode in {"LA", "RGBA"}:
        return image
    if image.mode in _SCALABLE and "transparency" not in image.info:
        exact_size: tuple[float, float] = image.size
        reduced = image
    else:
        reduced, exact_size = _nearer(image, aim)
    if reduced.size != aim:
        reduced = reduced.resize(
            aim, Image.Resampling.LANCZOS, box=(0, 0, *exact_size), reducing_gap=3.0
        )
    if image.mode.startswith("I;16"):
        return reduced.convert("I;16")
    if reduced.mode in {"I", "F"}:
        return eight_bits(reduced)
    return reduced.convert(reduced.mode.upper()) if reduced.mode in {"La", "RGBa"} else reduced


def _nearer(image: Pixels, aim: tuple[int, int]) -> tuple[Pixels, tuple[float, float]]:
    """Converted and reduced by a whole factor, a band at a time.

    So a large image is never in memory in two modes. Also returns the size before rounding up.
    """
    width, height = image.size
    gap = 2.0 if width * height < _MANY else 1.0
    factor = int(min(width / aim[0], height / aim[1]) / gap)
    if factor < 2:
        return _scalable(image), image.size
    small: Pixels | None = None
    for top in range(0, height, _BAND * factor):
        band = image.crop((0, top, width, min(height, top + _BAND * factor)))
        part = _scalable(band).reduce(factor)
        if small is None:
            small = Image.new(part.mode, (-(-width // factor), -(-height // factor)))
        small.paste(part, (0, top // factor))
    assert small is not None  # noqa: S101 - an image has rows
    return small, (width / factor, height / factor)


def _scalable(image: Pixels) -> Pixels:
    """In a mode that can be averaged; with premultiplied alpha if there is transparency."""
    mode = image.mode
    if mode.startswith("I;16"):
        return image.convert("I")
    see_through = mode in {"LA", "La", "PA", "RGBA", "RGBa"} or "transparency" in image.info
    if mode in {"1", "L", "LA", "La"}:
        return image.convert("LA").convert("La") if see_through else image.convert("L")
    return image.convert("RGBA").convert("RGBa") if see_through else image.convert("RGB")


def write(image: Pixels, size: Size, path: Path, *, kind: Kind) -> None:
    """Writes one rendition without metadata of the original."""
    pixels = image if image.size == (size.width, size.height) else scaled(image, size)
    if size.format == "jpeg" and pixels.mode != "RGB":
        pixels = on_white(pixels)
    if size.format == "avif" and pixels.mode in _EVEN:
        pixels = pixels.point(_EVEN[pixels.mode])
    crisp = _CRISP.get(size.format, {}) if kind in {GIF, PNG} else {}
    cut = _CUT.get(size.format, {}) if size.shape else {}
    pixels.save(path, **{**SAVE[size.format], **crisp, **cut})


def scaled(image: Pixels, size: Size) -> Pixels:
    """Scaled from the next larger size; the step is so small that a cheaper filter is as good."""
    return image.resize((size.width, size.height), Image.Resampling.BICUBIC, reducing_gap=3.0)


def on_white(image: Pixels) -> Pixels:
    """On a white background, without transparency."""
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper


MIN_FRAME_MS: Final = 20
"""Minimum duration of a frame in milliseconds; browsers slow down shorter ones."""
DEFAULT_DURATION: Final = 100
MAX_FRAME_MS: Final = 10_000

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
        self.durations.append(round(min(max(duration, MIN_FRAME_MS), MAX_FRAME_MS)))

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


_SIDE: Final = 32
_HIGHEST: Final = 9
_FAINT: Final = 2.0
"""Mean strength, in levels of grey, below which an image has no usable features."""

_WAVES: Final = [
    [cos(pi * wave * (2 * at + 1) / (2 * _SIDE)) for at in range(_SIDE)] for wave in range(_HIGHEST)
]
_LOWEST: Final = sorted(
    list(product(range(_HIGHEST), repeat=2))[1:],
    key=lambda pair: (pair[0] ** 2 + pair[1] ** 2, pair),
)[:64]


def hash_of(image: Image.Image) -> int | None:
    """The hash of an upright sRGB image as a signed 64-bit number; None for a blank one."""
    grey = _on_white(image).convert("L").resize((_SIDE, _SIDE), Image.Resampling.BOX)
    values = grey.tobytes()
    rows = [values[at : at + _SIDE] for at in range(0, len(values), _SIDE)]
    across = [[_strength(wave, row) for wave in _WAVES] for row in rows]
    columns = list(zip(*across, strict=True))
    strengths = [_strength(_WAVES[down], columns[aside]) for down, aside in _LOWEST]
    if sum(map(abs, strengths)) / len(strengths) < _FAINT * _SIDE:
        return None
    middle = median(strengths)
    bits = sum((strength > middle) << place for place, strength in enumerate(strengths))
    return bits - (1 << 64) if bits >> 63 else bits


def _strength(wave: list[float], values: bytes | tuple[float, ...]) -> float:
    return sum(height * value for height, value in zip(wave, values, strict=True))


def _on_white(image: Image.Image) -> Image.Image:
    if image.mode != "RGBA":
        return image
    paper = Image.new("RGB", image.size, "white")
    paper.paste(image, mask=image.getchannel("A"))
    return paper
