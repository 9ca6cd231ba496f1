"""Words are found in any spelling, but only as whole words."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.comments.screening.word_matching import find_words, folded


@pytest.mark.parametrize(
    "written",
    [
        "cheap casino here",
        "CHEAP CASINO",
        "cheap cas\u200bino",
        "cheap ｃａｓｉｎｏ",
        "cheap cаsinо with two Cyrillic letters",
        "cheap c-a-s-i-n-o",
        "cheap c.a.s.i.n.o!",
        "cheap cas1no",
        "cheap c@sino",
        "cheap càsíno",
        "cheap casiոo with an Armenian letter",
        "cheap Ꮯasino with a Cherokee letter",
        "cheap ᴄᴀꜱɪɴᴏ in small capitals",
    ],
)
def test_a_word_is_found_in_any_spelling(written: str) -> None:
    assert find_words(written, [(folded("casino"), "casino")]) == ["casino"]


@pytest.mark.parametrize(
    "written", ["casinos in Macau", "occasion", "Касса в России", "", "c a", "cas-ino"]
)
def test_a_word_is_not_found_within_another_word(written: str) -> None:
    assert find_words(written, [(folded("casino"), "casino")]) == []


def test_a_phrase_is_found_across_punctuation() -> None:
    assert find_words("Work from -- home!", [(folded("work from home"), "work from home")])


def test_a_word_of_another_alphabet_is_found() -> None:
    assert find_words("Лучшее казино онлайн", [(folded("казино"), "казино")]) == ["казино"]


@given(st.text(max_size=200))
def test_folding_is_idempotent(text: str) -> None:
    once = folded(text)
    assert " ".join(once.split()) == once
    assert folded(once) == folded(folded(once))
