"""Spelling suggestions."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.search.index import indexer
from articles.search.models import SearchEntry
from articles.search.results.spelling import correct_spelling, edit_distance, one_edit_away
from tests import newsroom

pytestmark = pytest.mark.django_db


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
