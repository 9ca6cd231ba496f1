"""The stylesheet of a theme: its fonts, and its colours and sizes as custom properties."""

from collections.abc import Iterator
from typing import Final

from django.templatetags.static import static

from iria.themes.theme import FONTS, SIZES, Colours, Theme

LAYERS: Final = "@layer reset, tokens, base, layout, components, pages, theme;\n"


def rules(theme: Theme, colours: Colours, sizes: dict[str, str]) -> str:
    """The rules, for the last layer.

    Args:
        colours: those of the theme or of the publication, each with a value for both schemes.
        sizes: keys of `SIZES` → length.
    """
    properties = [*_colours(colours), *_sizes(sizes), *_families(theme)]
    if not properties and not theme.font_files:
        return ""
    fonts = "".join(_font_faces(theme))
    return f"{LAYERS}{fonts}@layer theme {{ :root {{\n{''.join(properties)}}} }}\n"


def _colours(colours: Colours) -> Iterator[str]:
    for name, light in colours["light"].items():
        yield f"  --{name}: light-dark({light}, {colours['dark'][name]});\n"


def _sizes(sizes: dict[str, str]) -> Iterator[str]:
    for name, length in sizes.items():
        yield f"  {SIZES[name]}: {length};\n"


def _families(theme: Theme) -> Iterator[str]:
    for name, families in theme.fonts.items():
        yield f"  {FONTS[name]}: {families};\n"


def _font_faces(theme: Theme) -> Iterator[str]:
    for each in theme.font_files:
        url = static(theme.static_name(each.file))
        yield (
            f'@font-face {{ font-family: "{each.family}"; src: url("{url}") format("woff2"); '
            f"font-weight: {each.weight}; font-style: {each.style}; font-display: swap; }}\n"
        )
