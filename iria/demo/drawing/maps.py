"""Maps in one house style, drawn from what `atlas.toml` says."""

from collections.abc import Sequence
from typing import Any

from PIL import Image, ImageDraw

from iria.demo.drawing import palette as ink
from iria.demo.drawing.brush import blur, grain, lay, meet
from iria.demo.drawing.lettering import spaced, turned, width_of, write
from iria.demo.drawing.shapes import dab, disc, line, poly, stencil
from iria.demo.drawing.sheets import SIZE, Sheet, dashes, pairs, written_down

_WORD: ink.Colour = (62, 72, 74)
_SEA_WORD: ink.Colour = (66, 102, 116)
_COUNTRY_WORD: ink.Colour = (132, 120, 98)
_COLOURS = {
    "rust": ink.RUST,
    "ochre": ink.OCHRE,
    "plum": ink.PLUM,
    "slate": ink.SLATE,
    "ink": ink.INK,
}


def draw_map(name: str) -> Image.Image:
    """The map of that name in the atlas."""
    plan = written_down("atlas.toml")[name]
    seed = 400 + sum(map(ord, name))
    sheet = Sheet(*plan["sheet"])
    sheet.draw_land(plan["coast"], seed)
    if "area" in plan:
        _hatched_area(sheet, *plan["area"])
    for route in plan.get("routes", []):
        _route(sheet, route)
    for east, north, words, size in plan.get("countries", []):
        spaced(sheet.canvas, sheet.at(east, north), words, size, _COUNTRY_WORD, size * 0.42)
    for east, north, words, size, lean in plan.get("seas", []):
        turned(sheet.canvas, sheet.at(east, north), words, size, _SEA_WORD, size * 0.32, lean)
    for east, north, radius in plan.get("halos", []):
        dab(sheet.canvas, ink.RUST, [disc(sheet.at(east, north), radius)], 0.25)
    for east, north, words, side in plan.get("places", []):
        _place(sheet, east, north, words, side)
    _key(sheet.canvas, **plan["key"])
    return grain(sheet.canvas, seed, 7)


def _hatched_area(sheet: Sheet, west: float, north: float, east: float, south: float) -> None:
    (left, top), (right, foot) = sheet.at(west, north), sheet.at(east, south)
    corners = [(left, top), (right, top), (right, foot), (left, foot)]
    area = stencil(SIZE, [poly(corners)])
    strokes = [line([(left + i * 28 - 200, foot), (left + i * 28, top)], 2.4) for i in range(22)]
    lay(sheet.canvas, ink.RUST, area, 0.22)
    lay(sheet.canvas, ink.RUST, meet(area, stencil(SIZE, strokes)), 0.8)
    dab(sheet.canvas, ink.RUST, [line([*corners, corners[0]], 3)])


def _route(sheet: Sheet, route: dict[str, Any]) -> None:
    points, width = sheet.path(pairs(route["path"]), 3), route["width"]
    pieces = dashes(points, 22, 16) if route.get("dashed") else [points]
    dab(sheet.canvas, ink.PAPER, [line(points, width + 7)], 0.65)
    dab(sheet.canvas, _COLOURS[route["colour"]], [line(piece, width) for piece in pieces])


def _place(sheet: Sheet, east: float, north: float, words: str, side: str) -> None:
    """A ringed dot and its name."""
    x, y = sheet.at(east, north)
    dab(sheet.canvas, ink.PAPER, [disc((x, y), 12)])
    dab(sheet.canvas, ink.RUST, [disc((x, y), 9)])
    spots = {
        "right": ((x + 21, y), "lm"),
        "left": ((x - 21, y), "rm"),
        "above": ((x, y - 20), "mb"),
        "below": ((x, y + 20), "mt"),
    }
    spot, anchor = spots[side]
    write(sheet.canvas, spot, words, 29, _WORD, anchor=anchor)


def _key(canvas: Image.Image, title: str, at: list[int], rows: Sequence[tuple[str, str]]) -> None:
    """The map's title and what its colours mean, on a slip of paper."""
    left, top = at
    widest = max(width_of(title, 34) + 8, *(width_of(words, 28) + 52 for _, words in rows))
    slip = Image.new("L", SIZE)
    right, foot = left + round(widest) + 60, top + 84 + 48 * len(rows)
    ImageDraw.Draw(slip).rectangle((left, top, right, foot), fill=255)
    lay(canvas, ink.SLATE, blur(slip, 10), 0.25)
    lay(canvas, ink.PAPER, slip, 0.96)
    write(canvas, (left + 30, top + 42), title, 34, ink.INK, anchor="lm", heavy=True)
    for index, (colour, words) in enumerate(rows):
        y = top + 94 + 48 * index
        dash = (left + 30, y - 4, left + 66, y + 4)
        ImageDraw.Draw(canvas).rectangle(dash, fill=_COLOURS[colour])
        write(canvas, (left + 82, y), words, 28, ink.SLATE, anchor="lm")
