"""A theme as a value, read from its `theme.toml`. Plain Python, so that settings can import it."""

import re
import tomllib
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

SCHEMES: Final = ("light", "dark")
COLOURS: Final = (
    *("paper", "paper-deep", "tint", "ink", "ink-soft", "ink-quiet", "hairline", "edge"),
    *("accent", "accent-deep", "on-accent", "button", "cover", "on-cover", "on-cover-soft"),
    *("foot", "on-foot", "on-foot-soft", "mark", "danger", "good"),
)
"""Colours that a theme may set, as custom properties of static/css/tokens.css."""
FONTS: Final = {
    "text": "--latin-text",
    "display": "--latin-display",
    "interface": "--latin-interface",
}
SIZES: Final = {"measure": "--text-width", "page": "--page", "radius": "--radius"}
PATTERNS: Final = ("lead", "row", "pair")
"""Patterns of the sections on the front page (`articles.public.front_page`)."""
HEX: Final = re.compile(r"#[0-9a-f]{6}")
LENGTH: Final = re.compile(r"\d{1,3}(\.\d{1,4})?(px|rem|em)|0")
FAMILIES: Final = re.compile(r"""[\w\s"',.-]+""")
FONT_FILE: Final = re.compile(r"[\w./-]+\.woff2")
SECTIONS: Final = frozenset({"name", "description", "colours", "fonts", "sizes", "patterns"})

Colours = dict[str, dict[str, str]]
"""Scheme → name of the colour → `#rrggbb`."""


@dataclass(frozen=True, slots=True)
class FontFile:
    """A font of the theme, below its `static` folder."""

    family: str
    file: str
    weight: str = "400"
    style: str = "normal"


class InvalidTheme(Exception):
    """`theme.toml` is missing or wrong; the message says where and what to write instead."""


@dataclass(frozen=True)
class Theme:
    """A theme. Everything is optional: what it does not set is as in the built-in design."""

    key: str
    """Its name in IRIA_THEME, in URLs and in the database."""
    folder: Path
    name: str
    description: str
    colours: Colours
    fonts: dict[str, str]
    """Key of `FONTS` → families, as in CSS."""
    font_files: tuple[FontFile, ...]
    sizes: dict[str, str]
    """Key of `SIZES` → length."""
    patterns: tuple[str, ...]

    @property
    def templates(self) -> Path:
        return self.folder / "templates"

    @property
    def static(self) -> Path:
        return self.folder / "static"

    @property
    def is_there(self) -> bool:
        return (self.folder / "theme.toml").is_file()

    @cached_property
    def has_stylesheet(self) -> bool:
        return (self.static / "theme.css").is_file()

    def static_name(self, file: str) -> str:
        """The name of one of its static files, for `{% static %}`."""
        return f"themes/{self.key}/{file}"


def read(key: str, folder: Path) -> Theme:
    """The theme in a folder.

    Raises:
        InvalidTheme
    """
    file = folder / "theme.toml"
    try:
        data = tomllib.loads(file.read_text(encoding="utf-8"))
    except OSError:
        raise InvalidTheme(f"The theme “{key}” has no file theme.toml in {folder}.") from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidTheme(f"{file} cannot be read: {error}") from None
    return Theme(key=key, folder=folder, **_checked(data, file))


def _checked(data: dict[str, Any], file: Path) -> dict[str, Any]:
    for key in data.keys() - SECTIONS:
        raise InvalidTheme(
            f"{file}: “{key}” is unknown. Possible are {', '.join(sorted(SECTIONS))}."
        )
    fonts = dict(_table(data, "fonts", file))
    files = fonts.pop("files", [])
    return {
        "name": _text(data.get("name") or file.parent.name, file, "name"),
        "description": _text(data.get("description", ""), file, "description"),
        "colours": checked_colours(_table(data, "colours", file), str(file)),
        "fonts": _values(fonts, FONTS, FAMILIES, file, "fonts", "font families"),
        "font_files": tuple(_font_file(each, file) for each in files),
        "sizes": _values(
            _table(data, "sizes", file), SIZES, LENGTH, file, "sizes", "a length such as 38rem"
        ),
        "patterns": _patterns(_table(data, "patterns", file), file),
    }


def checked_colours(data: dict[str, Any], where: str) -> Colours:
    """The colours by scheme.

    Raises:
        InvalidTheme: a scheme or name is unknown, a value is no `#rrggbb`, or is in one scheme only.
    """
    colours: Colours = {scheme: {} for scheme in SCHEMES}
    for scheme, values in data.items():
        if scheme not in SCHEMES or not isinstance(values, dict):
            raise InvalidTheme(
                f"{where}: colours are in the tables colours.light and colours.dark."
            )
        for name, value in values.items():
            if name not in COLOURS:
                raise InvalidTheme(
                    f"{where}: the colour “{name}” is unknown. Possible are {', '.join(COLOURS)}."
                )
            if not isinstance(value, str) or not HEX.fullmatch(value.lower()):
                raise InvalidTheme(
                    f"{where}: {scheme}.{name} is “{value}”. Enter a colour such as #1a5f7a."
                )
            colours[scheme][name] = value.lower()
    for name in colours["light"].keys() ^ colours["dark"].keys():
        raise InvalidTheme(f"{where}: enter the colour “{name}” for both light and dark mode.")
    return colours


def _table(data: dict[str, Any], name: str, file: Path) -> dict[str, Any]:
    table = data.get(name, {})
    if not isinstance(table, dict):
        raise InvalidTheme(f"{file}: “{name}” should be a table, [{name}].")
    return table


def _text(value: object, file: Path, name: str) -> str:
    if not isinstance(value, str):
        raise InvalidTheme(f"{file}: “{name}” should be text in quotation marks.")
    return value


def _values(
    table: dict[str, Any],
    known: dict[str, str],
    pattern: re.Pattern[str],
    file: Path,
    where: str,
    expected: str,
) -> dict[str, str]:
    for name, value in table.items():
        if name not in known:
            raise InvalidTheme(
                f"{file}: {where}.{name} is unknown. Possible are {', '.join(known)}."
            )
        if not isinstance(value, str) or not pattern.fullmatch(value):
            raise InvalidTheme(f"{file}: {where}.{name} is “{value}”. Enter {expected}.")
    return table


def _font_file(value: object, file: Path) -> FontFile:
    fields = FontFile.__dataclass_fields__
    if (
        not isinstance(value, dict)
        or not {"family", "file"} <= value.keys() <= fields.keys()
        or not all(
            isinstance(each, str) and FAMILIES.fullmatch(each)
            for each in value.values()
            if each != value.get("file")
        )
        or not isinstance(value["file"], str)
        or not FONT_FILE.fullmatch(value["file"])
        or ".." in value["file"]
    ):
        raise InvalidTheme(
            f"{file}: each entry of fonts.files has family and file (a .woff2 below static), "
            "and may have weight and style."
        )
    return FontFile(**value)


def _patterns(table: dict[str, Any], file: Path) -> tuple[str, ...]:
    sections = table.get("sections", [])
    if (
        table.keys() - {"sections"}
        or not isinstance(sections, list)
        or not set(sections) <= set(PATTERNS)
    ):
        raise InvalidTheme(f"{file}: patterns.sections is a list of {', '.join(PATTERNS)}.")
    return tuple(sections)
