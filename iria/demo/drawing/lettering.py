"""Words on maps and charts, in the open face Pillow carries with it."""

from functools import cache

from PIL import Image, ImageDraw, ImageFont

from iria.demo.drawing.palette import Colour

type Font = ImageFont.FreeTypeFont | ImageFont.ImageFont


@cache
def face(size: int) -> Font:
    return ImageFont.load_default(size=size)


def width_of(words: str, size: int, spacing: float = 0) -> float:
    return face(size).getlength(words) + spacing * max(0, len(words) - 1)


def write(
    canvas: Image.Image,
    at: tuple[float, float],
    words: str,
    size: int,
    colour: Colour,
    *,
    anchor: str = "la",
    heavy: bool = False,
) -> None:
    """`anchor` as Pillow's; `heavy` thickens the strokes, as the face comes in one weight."""
    ImageDraw.Draw(canvas).text(
        at,
        words,
        font=face(size),
        fill=colour,
        anchor=anchor,
        stroke_width=0.6 if heavy else 0,
        stroke_fill=colour,
    )


def spaced(
    canvas: Image.Image,
    at: tuple[float, float],
    words: str,
    size: int,
    colour: Colour,
    spacing: float,
) -> None:
    """Letter-spaced and centred on `at`: the way maps name seas and countries."""
    draw = ImageDraw.Draw(canvas)
    font = face(size)
    x = at[0] - width_of(words, size, spacing) / 2
    for letter in words:
        draw.text((x, at[1]), letter, font=font, fill=colour, anchor="lm")
        x += font.getlength(letter) + spacing


def turned(
    canvas: Image.Image,
    at: tuple[float, float],
    words: str,
    size: int,
    colour: Colour,
    spacing: float,
    degrees: float,
) -> None:
    """Spaced words along a slope, centred on `at`; anticlockwise degrees."""
    length = round(width_of(words, size, spacing)) + size * 2
    mask = Image.new("RGB", (length, size * 2))
    spaced(mask, (length / 2, size), words, size, (255, 255, 255), spacing)
    grey = mask.convert("L").rotate(degrees, Image.Resampling.BICUBIC, expand=True)
    left, top = round(at[0] - grey.width / 2), round(at[1] - grey.height / 2)
    canvas.paste(colour, (left, top, left + grey.width, top + grey.height), grey)
