"""The benchmarks run, at a small size: their SQL names tables and columns by hand."""

import os

import pytest
from django.db import connection

from tests.bench import editing, library, mailing

pytestmark = [
    pytest.mark.proof,
    pytest.mark.django_db(transaction=True, serialized_rollback=True),
]


def test_every_view_of_the_image_library_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "PICTURES", 60)
    monkeypatch.setattr(library, "ROUNDS", 1)
    assert set(library.measure()["views"]) == set(library.VIEWS)


def test_the_article_form_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in {"ARTICLES": 600, "REVISIONS": 1200, "ROUNDS": 1, "BLOCK": 1}.items():
        monkeypatch.setattr(editing, name, value)
    assert set(editing.measure()["views"]) == set(editing.ALLOWED)


def test_sending_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """With a worker in a process of its own, which needs the test database."""
    server = os.environ["DATABASE_URL"].rpartition("/")[0]
    monkeypatch.setenv("DATABASE_URL", f"{server}/{connection.settings_dict['NAME']}")
    # The worker reports its speed after batches of at least 500.
    for name, value in {"AUDIENCE": 600, "BARE": 50}.items():
        monkeypatch.setattr(mailing, name, value)
    assert mailing.measure()["sent"] == 600
