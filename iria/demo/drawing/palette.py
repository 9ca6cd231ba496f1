"""The colours every demo picture is mixed from: quiet enough to sit beside text on paper or on dark."""

type Colour = tuple[int, int, int]

INK: Colour = (24, 36, 49)
NIGHT: Colour = (16, 26, 40)
SLATE: Colour = (62, 86, 104)
SEA: Colour = (98, 138, 152)
MIST: Colour = (186, 206, 208)
ICE: Colour = (222, 233, 233)
PAPER: Colour = (246, 241, 231)
SAND: Colour = (226, 208, 174)
OCHRE: Colour = (201, 150, 75)
RUST: Colour = (169, 83, 50)
ROSE: Colour = (222, 170, 152)
PLUM: Colour = (86, 72, 98)
SAGE: Colour = (146, 164, 138)
PINE: Colour = (52, 84, 74)
EARTH: Colour = (112, 86, 66)


def mix(one: Colour, other: Colour, share: float) -> Colour:
    """`share` of the way from `one` to `other` (0 is one, 1 the other)."""
    red, green, blue = (round(a + (b - a) * share) for a, b in zip(one, other, strict=True))
    return red, green, blue
