"""The demo newsroom is loaded once, and never into somebody's own."""

from pathlib import Path
from typing import Any

import pytest

from articles.editorial.models import Article
from iria.management.commands import prepare
from tests.newsroom import draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def loads(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The commands that were called; the newsroom itself is not loaded."""
    called: list[str] = []
    settings.STATE = tmp_path
    monkeypatch.setattr(prepare, "call_command", lambda name, **options: called.append(name))
    return called


def test_a_new_newsroom_gets_the_demo_once(loads: list[str]) -> None:
    prepare.load_demo_once()
    prepare.load_demo_once()
    assert loads == ["load_demo"]


def test_a_newsroom_with_articles_of_its_own_gets_none(loads: list[str]) -> None:
    draft("Our own")
    prepare.load_demo_once()
    Article.objects.all().delete()
    prepare.load_demo_once()
    assert loads == []


def test_loading_that_was_cut_off_is_taken_up_again(
    loads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def cut_off(name: str, **options: object) -> None:
        draft("The first of thirty")
        raise KeyboardInterrupt

    with monkeypatch.context() as half:
        half.setattr(prepare, "call_command", cut_off)
        with pytest.raises(KeyboardInterrupt):
            prepare.load_demo_once()
    prepare.load_demo_once()
    prepare.load_demo_once()
    assert loads == ["load_demo"]


def test_a_new_database_in_the_same_place_gets_it_again(
    loads: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare.load_demo_once()
    monkeypatch.setattr(prepare, "_database_id", lambda: "another/iria")
    prepare.load_demo_once()
    assert loads == ["load_demo", "load_demo"]
