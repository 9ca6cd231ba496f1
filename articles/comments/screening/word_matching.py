"""Finds words in a comment in any spelling.

`ｖｉａｇｒａ`, `v-i-a-g-r-a`, `vіagra` with a Cyrillic i and `viágra` look the same to a reader, so they
match: compatibility forms, invisible characters, accents and look-alikes are folded before words are
compared. The table of look-alikes is that of display names (`iria.core.text.names`), except that
digits stand for letters here: `3` is an e.
"""

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from iria.core.text.names import ALIKE
from iria.core.text.validators import INVISIBLE

_LATIN: Final = {
    ord(small): latin
    for latin, characters in ALIKE.items()
    for character in characters
    for small in character.casefold()
    if not character.isascii() and character.isalpha()
}
_SCRIPTS: Final = ("latin", "cyrillic", "greek", "armenian", "cherokee", "coptic", "lisu")
_SMALL_CAPITAL: Final = "LATIN LETTER SMALL CAPITAL"
_DIGITS: Final = str.maketrans("013457@$", "oieastas")

_SPELT_OUT: Final = re.compile(r"\b(?:\w[-._*·]){2,}\w\b")
_SEPARATOR: Final = re.compile(r"[-._*·]")
_NOT_WORD: Final = re.compile(r"[\W_]+")


def folded(text: str) -> str:
    """Returns the text as folded words in lower case, separated by single spaces."""
    plain = unicodedata.normalize("NFKD", INVISIBLE.sub("", text)).casefold()
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    plain = _SPELT_OUT.sub(lambda match: _SEPARATOR.sub("", match[0]), plain)
    words = (_latin(word) for word in _NOT_WORD.sub(" ", _replace_symbols(plain)).split())
    return " ".join(words)


def _replace_symbols(text: str) -> str:
    """Replaces `@` and `$` within words by letters."""
    return re.sub(r"(?<=\w)[@$]|[@$](?=\w)", lambda match: match[0].translate(_DIGITS), text)


def _latin(word: str) -> str:
    """Transliterates a word that mixes alphabets, or letters with digits, to Latin letters.

    A word of one alphabet, such as a Russian one, is returned unchanged.
    """
    word = "".join(_plain(character) for character in word)
    scripts = {_script(character) for character in word}
    if len(scripts) < 2:
        return word
    if scripts <= {"latin", "digit"} and not word[0].isdigit():
        return word.translate(_DIGITS)
    if "latin" in scripts:
        return word.translate(_LATIN).translate(_DIGITS)
    return word


def _plain(character: str) -> str:
    """Replaces Latin small capitals by the usual letters."""
    if character.isascii() or not unicodedata.name(character, "").startswith(_SMALL_CAPITAL):
        return character
    return character.translate(_LATIN)


def _script(character: str) -> str:
    if character.isdigit():
        return "digit"
    name = unicodedata.name(character, "")
    return next((each for each in _SCRIPTS if name.startswith(each.upper())), "")


def find_words(text: str, words: Iterable[tuple[str, str]]) -> list[str]:
    """Returns the words in a text, from pairs of folded word and word as entered."""
    padded = f" {folded(text)} "
    return [word for folded_word, word in words if f" {folded_word} " in padded]
