"""What a reader's words ask for."""

import pytest

from articles.search.query.parser import Parts, in_quotes, rarity, split_query


@pytest.mark.parametrize(
    ("words", "parts"),
    [
        ("grain corridor", Parts("grain corridor", (), ())),
        ('a "grain corridor" now', Parts("a grain corridor now", (("grain corridor",),), ())),
        (
            "“grain corridor” «steel»",
            Parts("grain corridor steel", (("grain corridor",), ("steel",)), ()),
        ),
        ('"grain corridor', Parts("grain corridor", (("grain corridor",),), ())),
        ("grain -steel", Parts("grain", (), ("steel",))),
        ('grain -"steel tariff"', Parts("grain", (), ("steel tariff",))),
        ("so-called", Parts("so-called", (), ())),
        ("grain - steel", Parts("grain - steel", (), ())),
        ("grain OR steel", Parts("grain steel", (), ())),
        ('"a b" OR "c d"', Parts("a b c d", (("a b", "c d"),), ())),
        ('"a b" OR c d', Parts("a b c d", (("a b", "c"),), ())),
        ("OR grain OR", Parts("grain", (), ())),
        ("grain or steel", Parts("grain or steel", (), ())),
        ('""', Parts("", (), ())),
        ("", Parts("", (), ())),
    ],
)
def test_quotes_minus_and_or_are_taken_apart(words: str, parts: Parts) -> None:
    assert split_query(words) == parts


def test_a_word_is_the_rarer_the_fewer_articles_hold_it() -> None:
    assert rarity(1, 1000) > rarity(10, 1000) > rarity(1000, 1000) > 0


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
    assert in_quotes(words) == bound
