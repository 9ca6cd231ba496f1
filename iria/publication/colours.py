"""The accent colour: contrast checks, and its stylesheet. Colours are `#rrggbb`, adjusted in oklch.

The arithmetic is that of CSS Color 4 (oklab) and of WCAG 2.2 (relative luminance, contrast ratio).

The URL of the stylesheet contains the colours. So the content security policy needs no exception for
inline styles, a cached page keeps its old colour, and no query is
necessary. With the default accent there is no second stylesheet.
"""

import math
import re
from typing import Final

from django.core.exceptions import ValidationError

Oklch = tuple[float, float, float]
"""Lightness 0–1, chroma 0–0.4, hue in degrees."""

HEX: Final = re.compile(r"#[0-9a-f]{6}")
STEP: Final = 0.0025


def read_hex(text: str) -> str | None:
    """`#rrggbb` in lower case, also from `#abc` or without `#`; None if invalid."""
    plain = text.strip().lower().removeprefix("#")
    if len(plain) == 3:
        plain = "".join(digit * 2 for digit in plain)
    return f"#{plain}" if HEX.fullmatch(f"#{plain}") else None


def to_oklch(colour: str) -> Oklch:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    long = math.cbrt(0.4122214708 * red + 0.5363325363 * green + 0.0514459929 * blue)
    middle = math.cbrt(0.2119034982 * red + 0.6806995451 * green + 0.1073969566 * blue)
    short = math.cbrt(0.0883024619 * red + 0.2817188376 * green + 0.6299787005 * blue)
    light = 0.2104542553 * long + 0.7936177850 * middle - 0.0040720468 * short
    a = 1.9779984951 * long - 2.4285922050 * middle + 0.4505937099 * short
    b = 0.0259040371 * long + 0.7827717662 * middle - 0.8086757660 * short
    return light, math.hypot(a, b), math.degrees(math.atan2(b, a)) % 360


def to_hex(colour: Oklch) -> str:
    """The nearest sRGB colour, with reduced chroma if necessary."""
    light, chroma, hue = colour
    while chroma > 0 and not all(
        -0.0005 <= channel <= 1.0005 for channel in _rgb(light, chroma, hue)
    ):
        chroma = max(0.0, chroma - STEP)
    channels = (min(1.0, max(0.0, channel)) for channel in _rgb(light, chroma, hue))
    return "#" + "".join(f"{round(_gamma_encoded(channel) * 255):02x}" for channel in channels)


def luminance(colour: str) -> float:
    red, green, blue = (_linear(int(colour[at : at + 2], 16) / 255) for at in (1, 3, 5))
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """From 1 (the same) to 21 (black on white)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def nearest_readable(colour: str, papers: tuple[str, ...], minimum: float) -> str:
    """The colour if its contrast with every background is sufficient, else the nearest that is.

    Only its lightness changes: darker on light backgrounds, lighter on dark ones.
    """
    light, chroma, hue = to_oklch(colour)
    step = -STEP if luminance(papers[0]) > 0.18 else STEP
    readable = colour
    while 0 <= light <= 1 and min(contrast(readable, paper) for paper in papers) < minimum:
        light += step
        readable = to_hex((light, chroma, hue))
    return readable


def _rgb(light: float, chroma: float, hue: float) -> tuple[float, float, float]:
    a, b = chroma * math.cos(math.radians(hue)), chroma * math.sin(math.radians(hue))
    long = (light + 0.3963377774 * a + 0.2158037573 * b) ** 3
    middle = (light - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (light - 0.0894841775 * a - 1.2914855480 * b) ** 3
    return (
        4.0767416621 * long - 3.3077115913 * middle + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * middle - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * middle + 1.7076147010 * short,
    )


def _linear(channel: float) -> float:
    return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4


def _gamma_encoded(channel: float) -> float:
    return channel * 12.92 if channel <= 0.0031308 else 1.055 * channel ** (1 / 2.4) - 0.055


LIGHT_PAPERS: Final = ("#fcfbf8", "#f3f1ec")
DARK_PAPERS: Final = ("#14171d", "#1c2127")
"""`--paper` and `--paper-deep` of static/css/tokens.css in each scheme; a test compares them."""

MIN_CONTRAST: Final = 4.5
DEEPER_LIGHT: Final = -0.09
DEEPER_DARK: Final = 0.08
"""The difference in lightness between the accent and the colour of a link on hover."""


def checked(colour: str, papers: tuple[str, ...], where: str) -> str:
    """The colour as `#rrggbb`; an empty text stays empty.

    Raises:
        ValidationError: it is invalid, or has too little contrast; the message names the nearest readable colour.
    """
    if not colour.strip():
        return ""
    plain = read_hex(colour)
    if plain is None:
        raise ValidationError("Enter a hexadecimal colour such as #1a5f7a.", code="form")
    nearest = nearest_readable(plain, papers, MIN_CONTRAST)
    if nearest != plain:
        lowest = min(contrast(plain, paper) for paper in papers)
        raise ValidationError(
            f"{plain} has a contrast of {lowest:.1f} : 1 {where}. Text needs {MIN_CONTRAST} : 1. "
            f"The nearest readable colour is {nearest}.",
            code="contrast",
        )
    return plain


def checked_light(colour: str) -> str:
    return checked(colour, LIGHT_PAPERS, "in light mode")


def checked_dark(colour: str) -> str:
    return checked(colour, DARK_PAPERS, "in dark mode")


def for_dark(light: str) -> str:
    """The accent for dark mode, lightened until it is readable."""
    return nearest_readable(light, DARK_PAPERS, MIN_CONTRAST)


def stylesheet(light: str, dark: str) -> str:
    """The tokens of the accent, in the last layer: buttons, covers and the tint have its hue."""
    tokens = {
        "accent": (light, dark),
        "accent-deep": (_lightened(light, DEEPER_LIGHT), _lightened(dark, DEEPER_DARK)),
        "button": (light, _in_hue_of(dark, 0.735, 0.072)),
        "cover": (_in_hue_of(light, 0.335, 0.062), _in_hue_of(light, 0.31, 0.05)),
        "on-cover-soft": (_in_hue_of(light, 0.88, 0.025), _in_hue_of(light, 0.88, 0.025)),
        "tint": (_in_hue_of(light, 0.945, 0.013), _in_hue_of(light, 0.262, 0.024)),
    }
    rules = " ".join(f"--{name}: light-dark({a}, {b});" for name, (a, b) in tokens.items())
    return (
        "@layer reset, tokens, base, layout, components, pages, theme;\n"
        f"@layer theme {{ @media screen {{ :root {{ {rules} }} }} }}\n"
    )


ADMIN_LIGHT: Final = ("#fdfcfb", "#f5f4f1", "#ffffff", "#f0eeeb")
ADMIN_DARK: Final = ("#14181d", "#0e1116", "#1d2228", "#23282f")
"""The surfaces of static/iria_admin/tokens.css in each scheme; a test compares them."""


def admin_stylesheet(light: str, dark: str) -> str:
    """The accent in the admin: readable on its surfaces and on the soft background of what is selected."""
    soft = (_in_hue_of(light, 0.956, 0.014), _in_hue_of(dark, 0.289, 0.035))
    light = nearest_readable(light, (*ADMIN_LIGHT, soft[0]), MIN_CONTRAST)
    dark = nearest_readable(dark, (*ADMIN_DARK, soft[1]), MIN_CONTRAST)
    strong = (_lightened(light, DEEPER_LIGHT), _lightened(dark, DEEPER_DARK))
    tokens = {"": (light, dark), "-strong": strong, "-soft": soft}
    rules = " ".join(
        f"--admin-accent{name}: light-dark({one}, {other});"
        for name, (one, other) in tokens.items()
    )
    return f"@layer django, admin, theme;\n@layer theme {{ :root {{ {rules} }} }}\n"


def _in_hue_of(colour: str, light: float, chroma: float) -> str:
    """That lightness in the hue of the colour; a grey stays grey."""
    _light, its_chroma, hue = to_oklch(colour)
    return to_hex((light, min(chroma, its_chroma), hue))


def _lightened(colour: str, by: float) -> str:
    light, chroma, hue = to_oklch(colour)
    return to_hex((min(1.0, max(0.0, light + by)), chroma, hue))
