"""Scores how plausible a text is in a European language, character by character.

Text in the wrong character set has capitals inside words, symbols between letters, and unclosed
quotes. Only characters beyond ASCII are scored, each by its neighbours.
"""

import re
from typing import Final

WRONG: Final = -3.0

_VOWELS: Final = frozenset("aeiouyàáâãäåæèéêëìíîïòóôõöøœùúûüýÿąęěůőűăı")
_COMMON: Final = frozenset("àáâãäåæçèéêëíîïñòóôõöøßùúûü")
_RARE: Final = frozenset("šžýðþłąćęńśźżčďěňřťůľőűășşțţğıđ")
_ALONE: Final = frozenset("àáèéêìíòóôùúøåæöÀÁÈÉÊÓÒÅØÆÖ")
"""Letters that are words on their own."""
_NO_LETTERS: Final = frozenset("ªºƒﬁﬂˆˇ")
"""Unicode letters that do not occur in words."""
_MEASURES: Final = frozenset("°%€£¥¢²³½¼¾ºª±×")
_DASHES: Final = frozenset("–—")

_PARTNERS: Final = {
    "“": "”“",
    "„": "“”",
    "”": "”",
    "‘": "’‘",
    "‚": "‘’",
    "’": "’",
    "«": "»",
    "»": "«",
    "‹": "›",
    "›": "‹",
}
"""Opening quotes of several languages, and what may close them."""

_ELISION: Final = re.compile(
    r"(?:^|[\s(«“‘'-])(?:[cdjlmnst]|qu|lorsqu|jusqu|puisqu|(?:d|n|s)ell|dall|all|quest|un)$",
    re.IGNORECASE,
)
_ENGLISH: Final = re.compile(r"(?:s|t|re|ll|ve|d|m)(?:\W|$)", re.IGNORECASE)


def plausibility(text: str) -> float:
    """The sum over all characters beyond ASCII; higher is more likely."""
    return sum(_score(text, at) for at, character in enumerate(text) if character > "\x7f")


def _score(text: str, at: int) -> float:
    character = text[at]
    before, behind = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if character == "\ufffd" or character < "\xa0":  # undefined, or a control character
        return 2 * WRONG
    if character.isalpha() and character not in _NO_LETTERS:
        return _is_alphabetic(character, before, behind)
    if character in _DASHES:
        return _dash(before, behind)
    if character in _PARTNERS:
        return _quote(text, at, before, behind)
    return _symbol(character, before, behind)


def _is_alphabetic(character: str, before: str, behind: str) -> float:
    if not (before.isalpha() or behind.isalpha()):
        return 1.0 if character in _ALONE else -2.0
    if character.islower():
        return _lower(character, before, behind)
    if before.islower():
        return WRONG
    if before.isupper():
        return -2.0 if behind.islower() else 1.5
    if character in "ŠŽŸŒÝ":  # at the start of a word
        return 1.5 if behind.lower() in _VOWELS and character != "Ÿ" else -0.5
    return 1.5


def _lower(character: str, before: str, behind: str) -> float:
    """Vowels are next to consonants, consonants next to vowels."""
    if behind.isupper():
        return -1.0
    if character == "œ":
        return 2.0 if behind in {"u", "i", "t", "n"} else -1.0
    at_the_end = not behind.isalpha()
    worth = 2.0 if character in _COMMON else 1.2 if character in _RARE else 0.3
    if character == "ì":
        worth = 2.0 if at_the_end else 0.0
    if character in "îï" and at_the_end:
        worth = 0.2
    if character in "àáèéìòóùú" and at_the_end:  # as stressed endings are written
        return worth
    around = [each.lower() for each in (before, behind) if each.isalpha()]
    return worth if any((e in _VOWELS) != (character in _VOWELS) for e in around) else worth / 4


def _dash(before: str, behind: str) -> float:
    if before.isdigit() and behind.isdigit():
        return 1.5
    return -0.5 if before.isalpha() or behind.isalpha() else 1.5


def _quote(text: str, at: int, before: str, behind: str) -> float:
    character = text[at]
    if before.isalnum() and behind.isalnum():
        if character != "’":
            return -2.0
        if _ENGLISH.match(text, at + 1) or _ELISION.search(text, max(0, at - 8), at):
            return 3.0
        return 1.0 if behind.isupper() else -0.5
    if not before.isalnum() and any(each in text[at + 1 :] for each in _PARTNERS[character]):
        return 2.0
    if not behind.isalnum() and any(character in _PARTNERS.get(each, "") for each in text[:at]):
        return 2.0
    if character == "’" and before in {"s", "z", "x"}:  # the players’ bus
        return 1.5
    return 0.2


def _symbol(character: str, before: str, behind: str) -> float:
    beside_letters = before.isalpha() or behind.isalpha()
    if character == "·" and before == behind == "l":  # Catalan
        return 1.5
    if character in "¿¡" and behind.isalpha() and not before.isalnum():
        return 2.0
    if before.isalpha() and behind.isalpha():
        return WRONG
    if character == "\xa0":
        return 0.3
    if character in "©…":
        return 1.5
    if character in _MEASURES and (before.isdigit() or behind.isdigit()):
        return 1.5
    if character in "®™" and before.isalnum():
        return 0.3
    return 0.5 if character in "•·§†" and not beside_letters else -2.0
