"""The publication's own accent: checked for contrast, and the few rules that carry it to a page.

The rules stand at an address made of the colours themselves. So the policy needs no exception for
styles written into a page, an old page in some cache keeps its old colour, and nothing is asked of
the database. A publication that keeps the accent of the tokens asks for no second stylesheet.
"""

from typing import Final

from django.core.exceptions import ValidationError

from iria.kit.colours import contrast, nearest_readable, read_hex, to_hex, to_oklch

LIGHT_PAPERS: Final = ("#fcfbf8", "#f4f2ee")
DARK_PAPERS: Final = ("#14171d", "#1c2127")
"""`--paper` and `--paper-deep` of static/css/tokens.css in each scheme; a test compares them."""

LEAST: Final = 4.5
DEEPER_LIGHT: Final = -0.09
DEEPER_DARK: Final = 0.08
"""How far the colour of a link under the pointer stands from the accent, in lightness."""


def checked(colour: str, papers: tuple[str, ...], where: str) -> str:
    """The colour as `#rrggbb`; an empty text stays empty.

    Raises:
        ValidationError: it is no colour, or cannot be read on our papers; names the nearest that can.
    """
    if not colour.strip():
        return ""
    plain = read_hex(colour)
    if plain is None:
        sentence = "Write the colour as # and six signs from 0 to 9 and a to f, such as #1a5f7a."
        raise ValidationError(sentence, code="form")
    nearest = nearest_readable(plain, papers, LEAST)
    if nearest != plain:
        least = min(contrast(plain, paper) for paper in papers)
        sentence = (
            f"{plain} has a contrast of {least:.1f} : 1 {where}, and text needs {LEAST} : 1. "
            f"The nearest that passes is {nearest}."
        )
        raise ValidationError(sentence, code="contrast")
    return plain


def checked_light(colour: str) -> str:
    return checked(colour, LIGHT_PAPERS, "on light paper")


def checked_dark(colour: str) -> str:
    return checked(colour, DARK_PAPERS, "on dark paper")


def for_dark(light: str) -> str:
    """The same accent for the dark scheme, as far lifted as reading asks."""
    return nearest_readable(light, DARK_PAPERS, LEAST)


def stylesheet(light: str, dark: str) -> str:
    """The tokens of the accent, in the layer that comes last."""
    deep = f"light-dark({_moved(light, DEEPER_LIGHT)}, {_moved(dark, DEEPER_DARK)})"
    return (
        "@layer reset, tokens, base, layout, components, pages, theme;\n"
        "@layer theme { @media screen { :root { "
        f"--accent: light-dark({light}, {dark}); --accent-deep: {deep}; }} }} }}\n"
    )


def _moved(colour: str, by: float) -> str:
    light, chroma, hue = to_oklch(colour)
    return to_hex((min(1.0, max(0.0, light + by)), chroma, hue))
