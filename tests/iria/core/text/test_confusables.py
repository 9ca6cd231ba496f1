"""Names that look alike are one; names that do not are not."""

import string

import pytest

from iria.core.text.confusables import skeleton


@pytest.mark.parametrize(
    "other",
    [
        *(
            "mina sato",
            "MINA  SATO",
            "Ｍｉｎａ Ｓａｔｏ",
            "Mіnа Sаtо",
            "Μina Sato",
            "M\u200bina Sato",
        ),
        *("Mina-Sato", "Mina_Sato", "Mlna Sato", "M1na Sat0", "Mína Satō", "rnina sato"),
        *("𝓜𝓲𝓷𝓪 𝓢𝓪𝓽𝓸", "ᴍɪɴᴀ ꜱᴀᴛᴏ", "ꓟꓲꓠꓮ ꓢꓮꓔꓳ", "Ⓜⓘⓝⓐ Ⓢⓐⓣⓞ", "Mina \u202eSato"),
    ],
)
def test_what_reads_as_a_name_is_that_name(other: str) -> None:
    assert skeleton(other) == skeleton("Mina Sato")


@pytest.mark.parametrize(
    "other", ["Nina Sato", "Mina Sata", "Mina", "Sato Mina", "Мария", "佐藤美奈"]
)
def test_what_reads_otherwise_is_not(other: str) -> None:
    assert skeleton(other) != skeleton("Mina Sato")


def test_latin_letters_are_themselves_but_for_the_one_that_looks_like_a_stroke() -> None:
    assert skeleton(string.ascii_lowercase) == string.ascii_lowercase.replace("i", "l")
