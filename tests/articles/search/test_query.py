"""Parsing of queries."""

import pytest

from articles.search.query import (
    QueryParts,
    inverse_document_frequency,
    require_all_words,
    split_query,
)


@pytest.mark.parametrize(
    ("query", "parts"),
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
def test_quotes_minus_and_or_are_split(query: str, parts: QueryParts) -> None:
    assert split_query(query) == parts


def test_fewer_articles_give_a_higher_inverse_document_frequency() -> None:
    assert (
        inverse_document_frequency(1, 1000)
        > inverse_document_frequency(10, 1000)
        > inverse_document_frequency(1000, 1000)
        > 0
    )


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("grain steel", '"grain" "steel"'),
        ("“grain corridor” steel -rye", '"grain corridor" "steel" -rye'),
        ("grain OR steel", '"grain" OR "steel"'),
        ('grain "steel', '"grain" "steel'),
        ("", ""),
    ],
)
def test_every_word_can_be_required(query: str, expected: str) -> None:
    assert require_all_words(query) == expected
