"""Names that look alike have the same skeleton."""

import string

import pytest

from iria.core.text.names import skeleton


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
def test_lookalikes_have_the_same_skeleton(other: str) -> None:
    assert skeleton(other) == skeleton("Mina Sato")


@pytest.mark.parametrize(
    "other", ["Nina Sato", "Mina Sata", "Mina", "Sato Mina", "Мария", "佐藤美奈"]
)
def test_different_names_have_different_skeletons(other: str) -> None:
    assert skeleton(other) != skeleton("Mina Sato")


def test_latin_letters_except_i_are_unchanged() -> None:
    assert skeleton(string.ascii_lowercase) == string.ascii_lowercase.replace("i", "l")
