"""Contrast, computed from the tokens in both schemes (WCAG 2.2, relative luminance)."""

import math
import re
from pathlib import Path

import pytest

TOKENS = Path(__file__).resolve().parents[3] / "static" / "css" / "tokens.css"
NUMBER = r"([\d.]+)"
COLOUR = rf"oklch\({NUMBER} {NUMBER} {NUMBER}\)"
PAIR = re.compile(rf"--([\w-]+): light-dark\({COLOUR}, {COLOUR}\)")

TEXT = [
    *[("ink", paper) for paper in ("paper", "paper-deep", "tint", "mark")],
    *[("ink-soft", paper) for paper in ("paper", "tint")],
    *[(text, "cover") for text in ("on-cover", "on-cover-soft")],
    *[(text, "foot") for text in ("on-foot", "on-foot-soft")],
]
SMALL = [
    *[(ink, paper) for ink in ("ink-soft", "ink-quiet", "accent", "accent-deep", "danger", "good")
      for paper in ("paper", "paper-deep")],
    ("ink-quiet", "tint"),
    ("on-accent", "accent"),
    ("on-accent", "button"),
    ("on-accent", "accent-deep"),
    ("on-accent", "danger"),
]  # fmt: skip
EDGES = [
    *[("edge", paper) for paper in ("paper", "paper-deep", "tint")],
    ("accent", "paper"),
    ("button", "paper"),
]


def colours(scheme: str) -> dict[str, tuple[float, float, float]]:
    found = {}
    for name, *numbers in PAIR.findall(TOKENS.read_text()):
        chosen = numbers[:3] if scheme == "light" else numbers[3:]
        found[name] = (float(chosen[0]), float(chosen[1]), float(chosen[2]))
    return found


def luminance(colour: tuple[float, float, float]) -> float:
    """Relative luminance of an oklch colour; channels outside sRGB are clipped."""
    light, chroma, hue = colour
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    red = 4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short
    green = -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short
    blue = -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short
    red, green, blue = (min(1.0, max(0.0, channel)) for channel in (red, green, blue))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: tuple[float, float, float], other: tuple[float, float, float]) -> float:
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def test_black_and_white_have_the_maximum_contrast() -> None:
    assert contrast((1, 0, 0), (0, 0, 0)) == pytest.approx(21, abs=0.01)
    assert contrast((0.5999, 0, 0), (1, 0, 0)) == pytest.approx(3.95, abs=0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "paper", "least"),
    [(*pair, 7.0) for pair in TEXT]
    + [(*pair, 4.5) for pair in SMALL]
    + [(*pair, 3.0) for pair in EDGES],
)
def test_every_pair_of_colours_has_enough_contrast(
    scheme: str, ink: str, paper: str, least: float
) -> None:
    known = colours(scheme)
    assert contrast(known[ink], known[paper]) >= least
