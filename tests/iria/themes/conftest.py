"""A theme of one test, in a folder of its own."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test import Client

from accounts.models import User
from iria.core.rendering import discard_themes
from iria.publication.models import Publication
from iria.themes.theme import Theme, read
from tests.conftest import PASSWORD

MakeTheme = Callable[[dict[str, str]], Theme]


@pytest.fixture
def make_theme(tmp_path: Path, settings: Any) -> Iterator[MakeTheme]:
    """Writes the files of a theme, by path, and makes it the only one beside the built-in ones."""
    folder = tmp_path / "harbour"

    def make(files: dict[str, str]) -> Theme:
        for name, text in {"theme.toml": 'name = "Harbour"', **files}.items():
            file = folder / name
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(text, encoding="utf-8")
        settings.THEMES = {**settings.THEMES, "harbour": folder}
        discard_themes()
        return read("harbour", folder)

    yield make
    discard_themes()


@pytest.fixture
def use_theme(make_theme: MakeTheme, db: None) -> MakeTheme:
    """The same, and the publication uses it."""

    def use(files: dict[str, str]) -> Theme:
        theme = make_theme(files)
        Publication(name="Meridian", theme="harbour").save()
        return theme

    return use


@pytest.fixture
def admin_client(chief: User) -> Client:
    Publication(name="Meridian").save()
    client = Client()
    assert client.login(email=chief.email, password=PASSWORD)
    return client
