"""The demo newsroom is loaded once, and never beside existing articles."""

from pathlib import Path
from typing import Any

import pytest

from articles.editorial.models import Article
from iria.management.commands import prepare
from tests.newsroom import draft

pytestmark = pytest.mark.django_db


@pytest.fixture
def calls(tmp_path: Path, settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of called commands, which are not run."""
    names: list[str] = []
    settings.STATE = tmp_path
    monkeypatch.setattr(prepare, "call_command", lambda name, **options: names.append(name))
    return names


def test_a_new_database_gets_the_demo_once(calls: list[str]) -> None:
    prepare.load_demo_once()
    prepare.load_demo_once()
    assert calls == ["load_demo"]


def test_a_database_with_articles_gets_no_demo(calls: list[str]) -> None:
    draft("Our own")
    prepare.load_demo_once()
    Article.objects.all().delete()
    prepare.load_demo_once()
    assert calls == []


def test_interrupted_loading_is_repeated(calls: list[str], monkeypatch: pytest.MonkeyPatch) -> None:
    def interrupt(name: str, **options: object) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(prepare, "call_command", interrupt)
        with pytest.raises(KeyboardInterrupt):
            prepare.load_demo_once()
    prepare.load_demo_once()
    prepare.load_demo_once()
    assert calls == ["load_demo"]


def test_a_new_database_with_the_same_state_folder_gets_it_again(
    calls: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    prepare.load_demo_once()
    monkeypatch.setattr(prepare, "_database_id", lambda: "another/iria")
    prepare.load_demo_once()
    assert calls == ["load_demo", "load_demo"]
