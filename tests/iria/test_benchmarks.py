"""The benchmarks run, at a small size: their SQL names tables and columns by hand."""

import pytest

from tests.bench import editing, library

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def test_every_view_of_the_image_library_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "PICTURES", 60)
    monkeypatch.setattr(library, "ROUNDS", 1)
    assert set(library.measure()["views"]) == set(library.VIEWS)


def test_the_article_form_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ARTICLES": 600, "REVISIONS": 1200, "ROUNDS": 1, "BLOCK": 1}.items():
        monkeypatch.setattr(editing, name, value)
    assert set(editing.measure()["views"]) == set(editing.ALLOWED)
