"""Rendered fragments are cached, and their cache does not grow without end."""

from collections.abc import Iterator

import pytest

from iria.core import rendering
from iria.core.rendering import MAX_BYTES, clear_fragments, render_fragment


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """The texts that a template was rendered for; its HTML is ten of them for the limit."""
    texts: list[str] = []

    def render(_name: str, values: dict[str, str]) -> str:
        texts.append(values["text"])
        return values["text"] * (MAX_BYTES // 20)

    monkeypatch.setattr(rendering, "_render", render)
    clear_fragments()
    yield texts
    clear_fragments()


def test_a_fragment_is_rendered_once(rendered: list[str]) -> None:
    for text in "aaa":
        render_fragment("any.html", text=text)
    assert rendered == ["a"]


def test_fragments_unused_for_long_are_dropped(rendered: list[str]) -> None:
    for text in "abcdefghijklmnopa":
        render_fragment("any.html", text=text)
    assert rendered.count("a") == 2


def test_a_fragment_that_is_used_stays(rendered: list[str]) -> None:
    for text in "abacadaeafagahaiajaka":
        render_fragment("any.html", text=text)
    assert rendered.count("a") == 1


def test_a_fragment_larger_than_the_limit_is_rendered(rendered: list[str]) -> None:
    assert len(render_fragment("any.html", text="a" * 50)) > MAX_BYTES
