"""Corrections are suggested, and applied if there are no results."""

from collections.abc import Callable

import pytest
from django.test import Client

from articles.search.index import indexer
from articles.search.models import QueryCount
from tests import newsroom

pytestmark = pytest.mark.django_db


@pytest.fixture
def correct(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """Sets the correction of a word: `correct("brage", "barge")`."""

    def correct(typed: str, correction: str) -> None:
        corrections = {typed: correction}
        monkeypatch.setattr(
            "articles.search.results.search_results.correct_spelling", corrections.get
        )

    indexer.index_article(newsroom.published("The barge and the harbour").pk)
    return correct


def test_a_correction_is_suggested_with_the_results(
    client: Client, correct: Callable[[str, str], None]
) -> None:
    correct("brage harbour", "barge harbour")
    page = client.get("/search/?q=brage+harbour").content.decode()
    assert "1 result" in page
    assert 'Did you mean <a href="/search/?q=barge+harbour">barge harbour</a>?' in page


def test_without_results_the_correction_is_applied_and_named(
    client: Client, correct: Callable[[str, str], None]
) -> None:
    correct("brage", "barge")
    page = client.get("/search/?q=brage").content.decode()
    assert "No results for <q>brage</q>" in page
    assert "<strong>barge</strong>" in page
    assert ">barge</mark> and the harbour</a>" in page
    assert 'value="brage"' in page
    assert QueryCount.objects.get().query == "brage"
    assert "/search/opened/?q=brage" in page


def test_a_correction_without_results_is_only_suggested(
    client: Client, correct: Callable[[str, str], None]
) -> None:
    correct("zepelin", "zeppelin")
    page = client.get("/search/?q=zepelin").content.decode()
    assert "No results" in page
    assert 'href="/search/?q=zeppelin">zeppelin</a>?' in page


def test_a_correction_keeps_the_filters(
    client: Client, correct: Callable[[str, str], None]
) -> None:
    correct("brage harbour", "barge harbour")
    page = client.get("/search/?q=brage+harbour&language=en").content.decode()
    assert 'href="/search/?q=barge+harbour&amp;language=en"' in page
