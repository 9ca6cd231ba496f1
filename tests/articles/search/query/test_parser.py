"""What a reader's words ask for."""

import pytest

from articles.search.query.parser import (
    QueryParts,
    inverse_document_frequency,
    require_all_words,
    split_query,
)


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("grain corridor", QueryParts("grain corridor", (), ())),
        ('a "grain corridor" now', QueryParts("a grain corridor now", (("grain corridor",),), ())),
        (
            "“grain corridor” «steel»",
            QueryParts("grain corridor steel", (("grain corridor",), ("steel",)), ()),
        ),
        ('"grain corridor', QueryParts("grain corridor", (("grain corridor",),), ())),
        ("grain -steel", QueryParts("grain", (), ("steel",))),
        ('grain -"steel tariff"', QueryParts("grain", (), ("steel tariff",))),
        ("so-called", QueryParts("so-called", (), ())),
        ("grain - steel", QueryParts("grain - steel", (), ())),
        ("grain OR steel", QueryParts("grain steel", (), ())),
        ('"a b" OR "c d"', QueryParts("a b c d", (("a b", "c d"),), ())),
        ('"a b" OR c d', QueryParts("a b c d", (("a b", "c"),), ())),
        ("OR grain OR", QueryParts("grain", (), ())),
        ("grain or steel", QueryParts("grain or steel", (), ())),
        ('""', QueryParts("", (), ())),
        ("", QueryParts("", (), ())),
    ],
)
def test_quotes_minus_and_or_are_taken_apart(words: str, parts: QueryParts) -> None:
    assert split_query(words) == parts


def test_a_word_is_the_rarer_the_fewer_articles_hold_it() -> None:
    assert (
        inverse_document_frequency(1, 1000)
        > inverse_document_frequency(10, 1000)
        > inverse_document_frequency(1000, 1000)
        > 0
    )


@pytest.mark.parametrize(
    ("words", "bound"),
    [
        ("grain steel", '"grain" "steel"'),
        ("“grain corridor” steel -rye", '"grain corridor" "steel" -rye'),
        ("grain OR steel", '"grain" OR "steel"'),
        ('grain "steel', '"grain" "steel'),
        ("", ""),
    ],
)
def test_every_word_can_be_made_to_bind(words: str, bound: str) -> None:
    assert require_all_words(words) == bound
