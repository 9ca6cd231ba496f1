"""Finds words in a comment, however they are written.

`ｖｉａｇｒａ`, `v-i-a-g-r-a`, `vіagra` with a Cyrillic i and `viágra` are one word to a reader, so they
are one here: compatibility forms, invisible signs, accents and letters that look alike are folded
before words are compared. The table of look-alikes is the one that protects names
(`iria.core.text.confusables`); only digits are read otherwise here, where `3` is an e.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from iria.core.text.confusables import ALIKE
from iria.core.text.validators import INVISIBLE

_LATIN: Final = {
    ord(small): latin
    for latin, signs in ALIKE.items()
    for sign in signs
    for small in sign.casefold()
    if not sign.isascii() and sign.isalpha()
}
_SCRIPTS: Final = ("latin", "cyrillic", "greek", "armenian", "cherokee", "coptic", "lisu")
_SMALL_CAPITAL: Final = "LATIN LETTER SMALL CAPITAL"
_DIGITS: Final = str.maketrans("013457@$", "oieastas")

_SPELT: Final = re.compile(r"\b(?:\w[-._*·]){2,}\w\b")
_BETWEEN: Final = re.compile(r"[-._*·]")
_APART: Final = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """The words as the eye takes them, a space between each two, without case."""
    plain = unicodedata.normalize("NFKD", INVISIBLE.sub("", text)).casefold()
    plain = "".join(sign for sign in plain if not unicodedata.combining(sign))
    plain = _SPELT.sub(lambda spelt: _BETWEEN.sub("", spelt[0]), plain)
    words = (_latin(word) for word in _APART.sub(" ", _signs_in_words(plain)).split())
    return " ".join(words)


def _signs_in_words(text: str) -> str:
    """`@` and `$` are letters where they stand within a word."""
    return re.sub(r"(?<=\w)[@$]|[@$](?=\w)", lambda sign: sign[0].translate(_DIGITS), text)


def _latin(word: str) -> str:
    """The word in Latin letters where it mixes alphabets, or letters with digits; else as it is.

    A Russian word is left alone: only a word that mixes is written to deceive.
    """
    word = "".join(_plain(sign) for sign in word)
    scripts = {_script(sign) for sign in word}
    if len(scripts) < 2:
        return word
    if scripts <= {"latin", "digit"} and not word[0].isdigit():
        return word.translate(_DIGITS)
    if "latin" in scripts:
        return word.translate(_LATIN).translate(_DIGITS)
    return word


def _plain(sign: str) -> str:
    """Small capitals are letters of Latin in another dress, whatever stands beside them."""
    if sign.isascii() or not unicodedata.name(sign, "").startswith(_SMALL_CAPITAL):
        return sign
    return sign.translate(_LATIN)


def _script(sign: str) -> str:
    if sign.isdigit():
        return "digit"
    name = unicodedata.name(sign, "")
    return next((each for each in _SCRIPTS if name.startswith(each.upper())), "")


def found_in(text: str, wanted: Iterable[tuple[str, str]]) -> list[str]:
    """Of pairs of folded word and word, the words that the text has."""
    # Looked for in both ways: a letter's look-alike is a look-alike only where a word mixes.
    whole = f" {folded(text)} "
    return [word for short, word in wanted if f" {short} " in whole]
