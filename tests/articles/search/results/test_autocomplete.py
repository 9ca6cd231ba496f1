"""Suggestions while somebody types."""

import json
from datetime import UTC, datetime

import pytest
from django.test import Client

from articles.search.results.autocomplete import suggestions
from tests import newsroom
from tests.shared import shared_data

pytestmark = pytest.mark.django_db


@pytest.fixture
def archive() -> None:
    rivers = newsroom.category("River trade")
    newsroom.published(
        "The rivers of the north",
        categories=[rivers],
        authors=[newsroom.author("Rivka Stone")],
        tags=["River law"],
    )
    newsroom.draft(
        "Rivers nobody may see yet", tags=["Riverside"], authors=[newsroom.author("Riv Draft")]
    )


def names(typed: str) -> list[str]:
    return [each.name for each in suggestions(typed)]


def test_what_begins_so_is_suggested_and_only_what_readers_may_see(archive: None) -> None:
    assert names("riv") == ["River trade", "Rivka Stone", "River law", "The rivers of the north"]
    assert names("rivers nor") == ["The rivers of the north"]
    assert names("ivers") == []
    assert names("ri") == []


def test_the_newest_headlines_are_suggested_and_an_old_one_that_alone_begins_so() -> None:
    for number in range(8):
        newsroom.published(f"Harbour {number}")
    old = newsroom.published("Harbinger", at=datetime(2014, 3, 1, tzinfo=UTC))
    assert names("harbo") == [f"Harbour {number}" for number in (7, 6, 5, 4, 3, 2)]
    assert names("harbi") == [old.headline]


def test_a_suggestion_leads_somewhere(client: Client, archive: None) -> None:
    for each in suggestions("riv"):
        assert client.get(each.address).status_code == 200, each


def test_the_answer_is_json_that_a_cache_may_keep(client: Client, archive: None) -> None:
    answer = client.get("/search/suggest/?q=rivka")
    assert answer.headers["Content-Type"] == "application/json"
    assert "public" in answer.headers["Cache-Control"]
    (only,) = json.loads(answer.content)["suggestions"]
    assert only == {"kind": "Author", "name": "Rivka Stone", "address": "/author/rivka-stone/"}


def test_the_database_is_asked_the_same_few_questions(
    client: Client, archive: None, django_assert_max_num_queries: object
) -> None:
    # The first of a day makes the key under which the day's counters count.
    client.get("/search/suggest/?q=nothing")
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        client.get("/search/suggest/?q=riv")


def test_any_text_is_answered(client: Client, archive: None) -> None:
    strings: list[str] = json.loads(shared_data("naughty", "blns.json").read_text())
    for words in [*strings, "\x00riv", "riv\\", "riv(((", "x" * 10_000, "*** riv"]:
        assert client.get("/search/suggest/", {"q": words}).status_code == 200, words
