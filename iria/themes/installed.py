"""The themes that IRIA_THEME lists."""

from functools import cache
from pathlib import Path

from django.conf import settings

from iria.themes.theme import InvalidTheme, Theme, read


@cache
def installed_themes() -> dict[str, Theme]:
    """The themes by name. One whose `theme.toml` is wrong sets nothing, but its templates are used."""
    return {key: _read(key) for key in settings.THEMES}


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
