"""What was perhaps meant."""

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
    ("typed", "meant"),
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
def test_a_slip_is_put_right(harbours: None, typed: str, meant: str) -> None:
    assert correct_spelling(typed) == meant


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
def test_what_is_right_unknown_or_meant_literally_is_left_alone(harbours: None, typed: str) -> None:
    assert correct_spelling(typed) is None


def test_a_word_that_no_article_holds_any_more_is_not_offered(harbours: None) -> None:
    SearchEntry.objects.all().delete()
    assert correct_spelling("securty") is None


def test_words_are_offered_with_their_accents_and_in_their_script() -> None:
    indexed("Les élections approchent", language="fr")
    indexed("Пароплав прийшов", language="uk")
    assert correct_spelling("élecsions") == "élections"
    assert correct_spelling("пароплаф") == "пароплав"


def test_a_common_word_typed_wrongly_by_editors_too_is_corrected() -> None:
    indexed("Securty")
    assert correct_spelling("securty") is None


@given(st.text("abcde", min_size=1, max_size=6), st.text("abcde", min_size=1, max_size=6))
def test_one_slip_is_a_distance_of_one(one: str, other: str) -> None:
    assert edit_distance(one, other) == edit_distance(other, one)
    assert (edit_distance(one, one), edit_distance(one, "")) == (0, len(one))
    assert (other in one_edit_away(one)) == (edit_distance(one, other) == 1)


def test_a_word_of_all_alphabets_costs_no_more_than_any_other() -> None:
    mixed = "".join(chr(code) for code in range(0xE9, 0x7FF, 64))
    assert len(one_edit_away(mixed)) < 3_000
