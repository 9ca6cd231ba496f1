"""Sky and water, which half of the pictures share."""

from PIL import Image, ImageChops

from iria.demo.drawing import palette as ink
from iria.demo.drawing.brush import (
    LANDSCAPE,
    Stops,
    between,
    blur,
    clouds,
    dice,
    fade,
    gradient,
    lay,
    meet,
    noise,
)
from iria.demo.drawing.shapes import poly, stencil

WIDTH, HEIGHT = LANDSCAPE


def sky(stops: Stops, seed: int, cloud: ink.Colour, cover: float = 0.5) -> Image.Image:
    """A sky with long thin cloud, thicker to the top."""
    canvas = gradient(LANDSCAPE, stops)
    bank = between(clouds(LANDSCAPE, (3, 14), seed), 130, 215)
    lay(canvas, cloud, meet(bank, fade(LANDSCAPE, 1, 0.25)), cover)
    return canvas


def stars(canvas: Image.Image, seed: int, count: int, foot: int) -> None:
    """Stars down to `foot`, fewer towards it."""
    chance = dice(seed)
    points = Image.new("L", canvas.size)
    for _ in range(count):
        place = chance.randrange(canvas.width), round(chance.random() ** 1.6 * foot)
        points.putpixel(place, chance.randint(60, 220))
    halo = blur(points, 1.2).point([min(255, v * 3) for v in range(256)])
    lay(canvas, ink.ICE, ImageChops.lighter(points, halo))


def water(canvas: Image.Image, horizon: int, tint: Stops, seed: int, mirror: float = 0.5) -> None:
    """Everything below the horizon becomes water that remembers what stands above it."""
    deep = HEIGHT - horizon
    above = canvas.crop((0, max(0, horizon - deep), WIDTH, horizon))
    above = above.transpose(Image.Transpose.FLIP_TOP_BOTTOM).resize((WIDTH // 4, deep // 12))
    above = blur(above, 1.2).resize((WIDTH, deep), Image.Resampling.BICUBIC)
    sea = Image.blend(gradient((WIDTH, deep), tint), above, mirror)
    near = between(noise((WIDTH, deep), (26, 120), seed), 150, 255)
    far = between(noise((WIDTH, deep), (60, 300), seed + 1), 150, 255)
    shine, shade = ink.mix(tint[0][1], ink.PAPER, 0.35), ink.mix(tint[-1][1], ink.NIGHT, 0.5)
    lay(sea, shine, meet(far, fade((WIDTH, deep), 0.9, 0.1)), 0.35)
    lay(sea, shade, meet(near, fade((WIDTH, deep), 0.1, 1)), 0.4)
    canvas.paste(sea, (0, horizon))


def light_path(
    canvas: Image.Image, horizon: int, x: int, colour: ink.Colour, seed: int, spread: int = 150
) -> None:
    """The broken path that a light at the horizon lays on the water."""
    deep = HEIGHT - horizon
    left, right = max(0, x - spread * 2 - 90), min(WIDTH, x + spread * 2 + 90)
    size, middle = (right - left, deep), x - left
    wedge = poly(
        [
            (middle - 40, 0),
            (middle + 40, 0),
            (middle + spread * 2, deep),
            (middle - spread * 2, deep),
        ]
    )
    knots = (max(2, 40 * size[0] // WIDTH), 210)
    ripple = between(noise(size, knots, seed), 120, 190)
    mask = meet(blur(stencil(size, [wedge]), 30), ripple, fade(size, 1, 0.15))
    mask = mask.point([round(v * 0.8) for v in range(256)])
    canvas.paste(colour, (left, horizon, right, HEIGHT), mask)
