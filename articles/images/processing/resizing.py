"""Decodes, scales and writes images: upright, in sRGB, in the sizes that are served.

Runs in the child process (`decoder_process`), never in a web process. Plain Python.
"""

from pathlib import Path
from typing import Any, Final

from PIL import Image

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
