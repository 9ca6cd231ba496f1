"""Contrast of the colours of a theme (WCAG 2.2, 1.4.3 and 1.4.11)."""

from typing import Final

from iria.publication import colours as arithmetic
from iria.themes.theme import Colours

PAIRS: Final = (
    *((ink, paper, 4.5) for ink in ("ink", "ink-soft", "ink-quiet", "accent", "danger", "good")
      for paper in ("paper", "paper-deep")),
    ("accent", "tint", 4.5),
    ("ink", "tint", 4.5),
    ("ink", "mark", 4.5),
    ("accent-deep", "paper", 4.5),
    ("on-accent", "button", 4.5),
    ("on-cover", "cover", 4.5),
    ("on-cover-soft", "cover", 4.5),
    ("on-foot", "foot", 4.5),
    ("on-foot-soft", "foot", 4.5),
    ("edge", "paper", 3.0),
)  # fmt: skip
"""Colour, its background, and the least contrast."""


def low_contrasts(colours: Colours) -> list[tuple[str, str, str]]:
    """Scheme, name of the colour, and a sentence, for each pair with too little contrast."""
    found = []
    for scheme, values in colours.items():
        for name, paper, least in PAIRS:
            ratio = arithmetic.contrast(values[name], values[paper])
            if ratio < least:
                nearest = arithmetic.nearest_readable(values[name], (values[paper],), least)
                sentence = (
                    f"{name} {values[name]} on {paper} {values[paper]} has a contrast of {ratio:.1f} : 1 "
                    f"in {scheme} mode. It needs {least:g} : 1, such as {nearest}."
                )
                found.append((scheme, name, sentence))
    return found
