"""Autocomplete, and spelling suggestions."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as st

from articles.search import indexer
from articles.search.models import SearchEntry
from articles.search.suggestions import correct_spelling, edit_distance, one_edit_away, suggestions
from tests import newsroom

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


@pytest.fixture
def harbours() -> None:
    for number in range(3):
        indexed(f"Security in the harbour {number}")
    indexed("Severity of a storm", body="<p>An armistice held.</p>")


def indexed(headline: str, **fields: Any) -> None:
    indexer.index_article(newsroom.published(headline, **fields).pk)


@pytest.mark.parametrize(
    ("typed", "corrected"),
    [
        ("securty", "security"),
        ("secuirty", "security"),
        ("securityy", "security"),
        ("sexurity", "security"),
        ("Securty harbour", "Security harbour"),
        ("armistise harbor", "armistice harbour"),
        ("armistisse", "armistice"),
    ],
)
def test_a_typo_is_corrected(harbours: None, typed: str, corrected: str) -> None:
    assert correct_spelling(typed) == corrected


@pytest.mark.parametrize(
    "typed",
    [
        "security harbours",
        "the storm",
        "xylophone",
        '"securty" harbour',
        "harbour -securty",
        "",
        "a b c",
        "1234567",
        "x" * 500,
    ],
)
def test_correct_unknown_and_quoted_words_are_not_corrected(harbours: None, typed: str) -> None:
    assert correct_spelling(typed) is None


def test_a_word_without_articles_is_not_suggested(harbours: None) -> None:
    SearchEntry.objects.all().delete()
    assert correct_spelling("securty") is None


def test_words_are_suggested_with_accents_and_in_their_script() -> None:
    indexed("Les élections approchent", language="fr")
    indexed("Пароплав прийшов", language="uk")
    assert correct_spelling("élecsions") == "élections"
    assert correct_spelling("пароплаф") == "пароплав"


def test_a_typo_in_an_article_is_not_suggested_as_correct() -> None:
    indexed("Securty")
    assert correct_spelling("securty") is None


@given(st.text("abcde", min_size=1, max_size=6), st.text("abcde", min_size=1, max_size=6))
def test_one_edit_is_a_distance_of_one(one: str, other: str) -> None:
    assert edit_distance(one, other) == edit_distance(other, one)
    assert (edit_distance(one, one), edit_distance(one, "")) == (0, len(one))
    assert (other in one_edit_away(one)) == (edit_distance(one, other) == 1)


def test_a_word_of_many_alphabets_has_a_limited_number_of_edits() -> None:
    mixed = "".join(chr(code) for code in range(0xE9, 0x7FF, 64))
    assert len(one_edit_away(mixed)) < 3_000
