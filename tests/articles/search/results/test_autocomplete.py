"""Autocomplete suggestions."""

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


def test_only_published_content_with_the_beginning_is_suggested(archive: None) -> None:
    assert names("riv") == ["River trade", "Rivka Stone", "River law", "The rivers of the north"]
    assert names("rivers nor") == ["The rivers of the north"]
    assert names("ivers") == []
    assert names("ri") == []


def test_the_newest_headlines_and_a_unique_old_one_are_suggested() -> None:
    for number in range(8):
        newsroom.published(f"Harbour {number}")
    old = newsroom.published("Harbinger", at=datetime(2014, 3, 1, tzinfo=UTC))
    assert names("harbo") == [f"Harbour {number}" for number in (7, 6, 5, 4, 3, 2)]
    assert names("harbi") == [old.headline]


def test_the_url_of_a_suggestion_exists(client: Client, archive: None) -> None:
    for each in suggestions("riv"):
        assert client.get(each.address).status_code == 200, each


def test_the_response_is_cacheable_json(client: Client, archive: None) -> None:
    response = client.get("/search/suggest/?q=rivka")
    assert response.headers["Content-Type"] == "application/json"
    assert "public" in response.headers["Cache-Control"]
    (only,) = json.loads(response.content)["suggestions"]
    assert only == {"kind": "Author", "name": "Rivka Stone", "address": "/author/rivka-stone/"}


def test_suggestions_take_a_limited_number_of_queries(
    client: Client, archive: None, django_assert_max_num_queries: object
) -> None:
    # The first request of a day creates the daily key.
    client.get("/search/suggest/?q=nothing")
    with django_assert_max_num_queries(9):  # type: ignore[operator]
        client.get("/search/suggest/?q=riv")


def test_any_text_is_accepted(client: Client, archive: None) -> None:
    strings: list[str] = json.loads(shared_data("naughty", "blns.json").read_text())
    for text in [*strings, "\x00riv", "riv\\", "riv(((", "x" * 10_000, "*** riv"]:
        assert client.get("/search/suggest/", {"q": text}).status_code == 200, text
