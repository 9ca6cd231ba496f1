"""Contrast of the colours of the admin, computed from its tokens in both schemes (WCAG 2.2)."""

import pytest

from tests.articles.public.test_colours import PAIR, contrast
from tests.shared import PROJECT

TOKENS = PROJECT / "static" / "iria_admin" / "tokens.css"
SURFACES = ("canvas", "sunken", "raised", "hover")
STATES = ("good", "plan", "review", "warn", "danger", "accent")

TEXT = [
    *[(ink, surface) for ink in ("ink", "ink-2", "ink-3") for surface in SURFACES],
    *[(ink, f"{state}-soft") for state in STATES for ink in ("ink", "ink-2", state)],
    *[(state, surface) for state in STATES for surface in ("canvas", "sunken", "raised")],
    ("on-accent", "accent"),
    ("on-accent", "accent-strong"),
    ("on-accent", "danger"),
    ("ink", "mark"),
]
EDGES = [("edge", "canvas"), ("edge", "raised"), ("accent", "canvas"), ("accent", "sunken")]


def colour(scheme: str, name: str) -> tuple[float, float, float]:
    numbers = {found: values for found, *values in PAIR.findall(TOKENS.read_text())}[
        f"admin-{name}"
    ]
    lightness, chroma, hue = numbers[:3] if scheme == "light" else numbers[3:]
    return float(lightness), float(chroma), float(hue)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("ink", "surface", "least"),
    [(*pair, 4.5) for pair in TEXT] + [(*pair, 3.0) for pair in EDGES],
)
def test_every_pair_of_colours_has_enough_contrast(
    scheme: str, ink: str, surface: str, least: float
) -> None:
    assert contrast(colour(scheme, ink), colour(scheme, surface)) >= least
