"""What was perhaps meant is offered, and done at once where nothing was found."""

from collections.abc import Callable

import pytest
from django.test import Client

from articles.search.index import indexer
from articles.search.models import QueryCount
from tests import newsroom

pytestmark = pytest.mark.django_db


@pytest.fixture
def meaning(monkeypatch: pytest.MonkeyPatch) -> Callable[[str, str], None]:
    """`meaning("brage", "barge")`: the spelling of a word is known to be wrong."""

    def meaning(typed: str, meant: str) -> None:
        known = {typed: meant}
        monkeypatch.setattr("articles.search.results.search_results.correct_spelling", known.get)

    indexer.index_article(newsroom.published("The barge and the harbour").pk)
    return meaning


def test_where_something_is_found_a_correction_is_offered(
    client: Client, meaning: Callable[[str, str], None]
) -> None:
    meaning("brage harbour", "barge harbour")
    page = client.get("/search/?q=brage+harbour").content.decode()
    assert "1 result" in page
    assert 'Did you mean <a href="/search/?q=barge+harbour">barge harbour</a>?' in page


def test_where_nothing_is_found_it_is_applied_with_a_word_about_it(
    client: Client, meaning: Callable[[str, str], None]
) -> None:
    meaning("brage", "barge")
    page = client.get("/search/?q=brage").content.decode()
    assert "No results for <q>brage</q>" in page
    assert "<strong>barge</strong>" in page
    assert ">barge</mark> and the harbour</a>" in page
    assert 'value="brage"' in page
    assert QueryCount.objects.get().query == "brage"
    assert "/search/opened/?q=brage" in page


def test_a_correction_that_finds_nothing_either_is_only_offered(
    client: Client, meaning: Callable[[str, str], None]
) -> None:
    meaning("zepelin", "zeppelin")
    page = client.get("/search/?q=zepelin").content.decode()
    assert "No results" in page
    assert 'href="/search/?q=zeppelin">zeppelin</a>?' in page


def test_a_correction_keeps_what_was_narrowed(
    client: Client, meaning: Callable[[str, str], None]
) -> None:
    meaning("brage harbour", "barge harbour")
    page = client.get("/search/?q=brage+harbour&language=en").content.decode()
    assert 'href="/search/?q=barge+harbour&amp;language=en"' in page
