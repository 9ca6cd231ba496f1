"""The installed themes, the theme of a publication with what was changed in the admin, and its stylesheets."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any, Final

from django.conf import settings
from django.templatetags.static import static

from iria.core.http.urls import url_path
from iria.core.rendering import BUILT_IN, active_theme, cleared_with_themes
from iria.publication.models import Publication
from iria.themes.theme import (
    FONTS,
    SCHEMES,
    SIZES,
    Colours,
    InvalidTheme,
    Theme,
    read,
)


@dataclass(frozen=True, slots=True)
class ChosenTheme:
    """A theme and the changes of a publication."""

    theme: Theme
    changes: dict[str, Any]

    @property
    def colours(self) -> Colours:
        """Every colour: as changed, else as in the theme, else as in the built-in design."""
        changed = self.changes.get("colours", {})
        return {
            scheme: built_in_theme().colours[scheme]
            | self.theme.colours[scheme]
            | changed.get(scheme, {})
            for scheme in SCHEMES
        }

    @property
    def sizes(self) -> dict[str, str]:
        changed: dict[str, str] = self.changes.get("sizes", {})
        return built_in_theme().sizes | self.theme.sizes | changed

    def rules(self) -> str:
        """The stylesheet; empty if everything is as in the built-in design."""
        standard = built_in_theme()
        all_colours = self.colours
        different = {
            name
            for scheme in SCHEMES
            for name, colour in all_colours[scheme].items()
            if colour != standard.colours[scheme][name]
        }
        colours = {
            scheme: {
                name: all_colours[scheme][name] for name in all_colours[scheme] if name in different
            }
            for scheme in SCHEMES
        }
        sizes = {name: size for name, size in self.sizes.items() if size != standard.sizes[name]}
        return stylesheet_rules(self.theme, colours, sizes)


def chosen_theme(publication: Publication, key: str = "") -> ChosenTheme:
    """The theme of the publication, or another one with its changes."""
    key = key or publication.theme
    if key not in settings.THEMES:
        key = next(iter(settings.THEMES))
    return ChosenTheme(installed_themes()[key], publication.theme_changes.get(key, {}))


def digest(rules: str) -> str:
    return hashlib.blake2b(rules.encode(), digest_size=8).hexdigest()


def stylesheet_urls(publication: Publication, rules_url: str = "") -> Iterator[str]:
    """The stylesheets after the built-in one: of the theme, of what was changed, and of the accent.

    Args:
        rules_url: of the second one, for a preview.
    """
    chosen = chosen_theme(publication)
    if active_theme() == BUILT_IN:
        rules = ""
    else:
        if chosen.theme.has_stylesheet:
            yield static(chosen.theme.static_name("theme.css"))
        rules = chosen.rules()
    if rules:
        yield rules_url or url_path("theme_stylesheet", chosen.theme.key, digest(rules))
    if publication.theme_url:
        yield publication.theme_url


LAYERS: Final = "@layer reset, tokens, base, layout, components, pages, theme;\n"


def stylesheet_rules(theme: Theme, colours: Colours, sizes: dict[str, str]) -> str:
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


@cache
def installed_themes() -> dict[str, Theme]:
    """The themes by name. One whose `theme.toml` is wrong sets nothing, but its templates are used."""
    return {key: _read(key) for key in settings.THEMES}


cleared_with_themes.append(installed_themes.cache_clear)


def _read(key: str) -> Theme:
    folder = settings.THEMES[key]
    try:
        return read(key, folder)
    except InvalidTheme as error:
        return Theme(
            key=key, folder=folder, name=key, description=str(error), colours={"light": {}, "dark": {}},
            fonts={}, font_files=(), sizes={}, patterns=(),
        )  # fmt: skip


@cache
def built_in_theme() -> Theme:
    """The built-in design: a value for every colour and size."""
    return read("default", Path(__file__).parent / "default")
