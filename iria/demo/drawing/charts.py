"""Charts in one house style. Every figure in them is invented, and the foot of each says so."""

from collections.abc import Sequence
from itertools import pairwise

from PIL import Image, ImageDraw

from iria.demo.drawing import palette as ink
from iria.demo.drawing.lettering import write
from iria.demo.drawing.shapes import Point, dab, disc, line, poly
from iria.demo.drawing.sheets import toward, written_down

SIZE = (1920, 1280)
_PAPER: ink.Colour = (249, 246, 239)
_RULE: ink.Colour = (214, 208, 196)
_QUIET: ink.Colour = (104, 112, 116)
_LEFT, _RIGHT, _TOP, _FOOT = 190, 1790, 330, 1090


class Frame:
    """Title, unit, axes and source; values in, pixels out."""

    def __init__(
        self, title: str, unit: str, steps: Sequence[float], *, top: float, suffix: str = ""
    ) -> None:
        self.canvas = Image.new("RGB", SIZE, _PAPER)
        self.draw = ImageDraw.Draw(self.canvas)
        self._low, self._high = (steps[0], top) if steps else (0.0, 1.0)
        self.draw.rectangle((90, 84, 178, 94), fill=ink.RUST)
        write(self.canvas, (90, 122), title, 58, ink.INK, heavy=True)
        write(self.canvas, (90, 208), unit, 36, _QUIET)
        for step in steps:
            y = self.y(step)
            self.draw.line((_LEFT, y, _RIGHT, y), _QUIET if step == steps[0] else _RULE, 2)
            write(self.canvas, (_LEFT - 22, y), f"{step:g}{suffix}", 32, _QUIET, anchor="rm")
        source = "Roadstead Institute. Illustrative figures."
        write(self.canvas, (90, 1204), source, 28, _QUIET, anchor="lm")

    def y(self, value: float) -> float:
        return _FOOT - (value - self._low) / (self._high - self._low) * (_FOOT - _TOP)

    def x(self, index: float, count: int) -> float:
        """`count` places from the left edge to the right one."""
        return _LEFT + 30 + index * (_RIGHT - _LEFT - 260) / (count - 1)

    def points(self, values: Sequence[float]) -> list[Point]:
        return [(self.x(i, len(values)), self.y(v)) for i, v in enumerate(values)]

    def label(self, words: Sequence[tuple[float, str]], count: int) -> None:
        for index, word in words:
            x = self.x(index, count)
            self.draw.line((x, _FOOT, x, _FOOT + 12), _QUIET, 2)
            write(self.canvas, (x, _FOOT + 26), word, 32, _QUIET, anchor="mt")

    def curve(
        self,
        values: Sequence[float],
        colour: ink.Colour,
        name: str,
        nudge: float = 0,
        width: int = 7,
    ) -> None:
        points = self.points(values)
        x, y = points[-1]
        dab(self.canvas, colour, [line(points, width), disc((x, y), 10)])
        write(self.canvas, (x + 24, y + nudge), name, 34, colour, anchor="lm", heavy=True)

    def area(
        self, upper: Sequence[float], lower: Sequence[float], colour: ink.Colour, share: float = 1
    ) -> None:
        outline = [*self.points(upper), *reversed(self.points(lower))]
        dab(self.canvas, colour, [poly(outline)], share)

    def note(self, at: Point, words: Sequence[str], to: Point) -> None:
        """A remark above a hairline to what it remarks on."""
        self.draw.line((*to, at[0], at[1] + 12), _QUIET, 2)
        for index, words_of_line in enumerate(reversed(words)):
            spot = at[0], at[1] - 40 * index
            write(self.canvas, spot, words_of_line, 32, ink.SLATE, anchor="ms")


def defence_budget() -> Image.Image:
    """One year counted in four ways."""
    data = written_down("series.toml")["defence"]
    unit = "Defence spending, announced figure = 100"
    frame = Frame("Four ways to count the same year", unit, (0, 50, 100, 150), top=180)
    for index, (parts, names) in enumerate(zip(data["parts"], data["names"], strict=True)):
        left, base = 300 + index * 370, 0.0
        tones = (ink.ROSE,) if index == 3 else (ink.SLATE, ink.SEA, ink.OCHRE)
        for tone, part in zip(tones, parts, strict=False):
            block = (left, frame.y(base + part), left + 230, frame.y(base) - (base == 0))
            frame.draw.rectangle(block, fill=tone)
            base += part
        spot = left + 115, frame.y(base) - 16
        write(frame.canvas, spot, f"{base:g}", 42, ink.INK, anchor="ms", heavy=True)
        for row, name in enumerate(names):
            spot = left + 115, _FOOT + 26 + 38 * row
            write(frame.canvas, spot, name, 32, _QUIET, anchor="mt")
    return frame.canvas


def conscripts() -> Image.Image:
    """Men reaching twenty, known and to come."""
    data = written_down("series.toml")["conscripts"]
    known, ahead = data["known"], data["ahead"]
    count = len(known) + len(ahead)
    unit = "Men reaching twenty, thousands a year"
    steps = (0, 100, 200, 300, 400)
    frame = Frame("The year the class is half the size", unit, steps, top=400)
    frame.area([*known, *ahead], [0.0] * count, ink.MIST, 0.55)
    frame.area([200.0] * count, [198.5] * count, ink.RUST)
    points = frame.points([*known, *ahead])
    now = len(known) - 1
    dashed = [line([a, toward(a, b, 0.5)], 8) for a, b in pairwise(points[now:])]
    dab(frame.canvas, ink.SLATE, [line(points[: now + 1], 8), *dashed])
    frame.label([(0, "2012"), (7, "2019"), (14, "2026"), (24, "2036")], count)
    end = points[-1][0] + 24, points[-1][1]
    write(frame.canvas, end, f"{ahead[-1]}", 38, ink.SLATE, anchor="lm", heavy=True)
    need = points[0][0] + 20, frame.y(200) - 14
    write(
        frame.canvas, need, "Needed each year for the force as planned", 32, ink.RUST, anchor="ls"
    )
    remark = ["Born already:", "no policy changes this part"]
    frame.note((frame.x(14, count), 520), remark, points[17])
    return frame.canvas


def red_sea_transits() -> Image.Image:
    """Three kinds of ship come back at three speeds."""
    data = written_down("series.toml")["red_sea"]
    unit = "Weekly transits of the southern Red Sea, autumn 2023 = 100"
    frame = Frame("Back in part, and not evenly", unit, (0, 20, 40, 60, 80, 100), top=120)
    frame.curve(data["bulk"], ink.OCHRE, "Dry bulk")
    frame.curve(data["tankers"], ink.PLUM, "Tankers")
    frame.curve(data["boxes"], ink.SLATE, "Containers")
    months = [(0, "Oct 2023"), (8.57, "Oct 2024"), (17.14, "Oct 2025"), (25, "Sep 2026")]
    frame.label(months, 26)
    return frame.canvas


def debt_service() -> Image.Image:
    """Six governments, twice."""
    cases = written_down("series.toml")["debt"]["cases"]
    unit = "Interest as a share of government revenue, per cent, six anonymised cases"
    frame = Frame("Where the interest goes first", unit, (), top=1)

    def x(value: float) -> float:
        return 330 + value * 28

    for tick in range(0, 51, 10):
        frame.draw.line((x(tick), 360, x(tick), 1080), _RULE, 2)
        write(frame.canvas, (x(tick), 1098), f"{tick}", 32, _QUIET, anchor="mt")
    for index, (name, then, now) in enumerate(cases):
        y = 420 + index * 120
        dab(frame.canvas, ink.ROSE, [line([(x(then), y), (x(now), y)], 14)])
        dab(frame.canvas, ink.SLATE, [disc((x(then), y), 17)])
        dab(frame.canvas, ink.RUST, [disc((x(now), y), 17)])
        write(frame.canvas, (300, y), name, 36, ink.INK, anchor="rm")
        write(frame.canvas, (x(now) + 30, y), f"{now}", 36, ink.RUST, anchor="lm", heavy=True)
    write(frame.canvas, (x(cases[0][1]), 350), "2014", 34, ink.SLATE, anchor="mb", heavy=True)
    write(frame.canvas, (x(cases[0][2]), 350), "2025", 34, ink.RUST, anchor="mb", heavy=True)
    return frame.canvas


def lake_level() -> Image.Image:
    """Three years of a lake against its usual range."""
    data = written_down("series.toml")["lake"]
    unit = "Lake level at the locks, metres above datum, month by month"
    steps = (23, 24, 25, 26, 27, 28)
    frame = Frame("Full again, by a narrow year", unit, steps, top=28, suffix=" m")
    usual = list(zip(data["usual"], data["spread"], strict=True)) * 3
    frame.area([n + s for n, s in usual], [n - s for n, s in usual], ink.MIST, 0.7)
    count = len(usual)
    points = [(frame.x(i, count), frame.y(v)) for i, v in enumerate(data["level"])]
    dab(frame.canvas, ink.SLATE, [line(points, 7)])
    frame.label([(0, "Jan 2024"), (12, "Jan 2025"), (24, "Jan 2026"), (34, "Nov")], count)
    low = frame.x(6, count), frame.y(23.7)
    write(frame.canvas, low, "Draught cut by two metres", 32, ink.SLATE, anchor="lm")
    end = frame.x(35, count) + 20, frame.y(26.6)
    write(frame.canvas, end, "Usual range", 32, ink.SEA, anchor="lm", heavy=True)
    return frame.canvas


def freight() -> Image.Image:
    """Spot and contract rates over three years."""
    data = written_down("series.toml")["freight"]
    unit = "Rate for a container, East Asia to northern Europe, index"
    steps = (0, 100, 200, 300, 400, 500)
    frame = Frame("Freight moves before the news does", unit, steps, top=500)
    spot = data["spot"]
    count = len(spot)
    frame.area(spot, [0.0] * count, ink.SAND, 0.5)
    frame.curve(data["contract"], ink.SEA, "Contract", 26, width=4)
    frame.curve(spot, ink.RUST, "Spot", -26)
    frame.label([(0, "2023"), (12, "2024"), (24, "2025"), (35, "2026")], count)
    frame.note((frame.x(9.6, count), 560), ["First diversions"], frame.points(spot)[7])
    frame.note((frame.x(20, count), 420), ["Orders brought forward"], frame.points(spot)[16])
    return frame.canvas


def hydrograph() -> Image.Image:
    """The river's year in three decades."""
    data = written_down("series.toml")["river"]
    unit = "River height, mean of three gauges, metres, by month"
    frame = Frame("The flood pulse, flattened", unit, range(0, 15, 2), top=14, suffix=" m")
    frame.area(data["early"], data["late"], ink.MIST, 0.5)
    for series, colour, name, width in (
        ("early", ink.SEA, "1996-2005", 4),
        ("middle", ink.OCHRE, "2006-2015", 4),
        ("late", ink.RUST, "2016-2025", 7),
    ):
        frame.curve(data[series], colour, "", width=width)
        x, y = frame.points(data[series])[8]
        beside = frame.x(9.75, 12)
        frame.draw.line((x, y, beside - 12, y), colour, 2)
        write(frame.canvas, (beside, y), name, 34, colour, anchor="lm", heavy=True)
    frame.label([(i, month) for i, month in enumerate("JFMAMJJASOND")], 12)
    return frame.canvas
