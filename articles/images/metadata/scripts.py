"""Text in Cyrillic or Greek letters of an undeclared character set.

Such text has whole words beyond ASCII, which no Latin script has, so it can be told before anything
is decoded; which set it is, capitals and the frequency of letters tell.
"""

import itertools
import re
from typing import Final

CHARSETS: Final = {
    "cp1251": "cyrillic",
    "koi8-r": "cyrillic",
    "koi8-u": "cyrillic",
    "iso8859-5": "cyrillic",
    "mac_cyrillic": "cyrillic",
    "cp1253": "greek",
    "iso8859-7": "greek",
    "mac_greek": "greek",
}
_ALPHABETS: Final = {
    "cyrillic": re.compile("[а-яёєіїґўђѓѕјљњќћџА-ЯЁЄІЇҐЎЂЃЅЈЉЊЌЋЏ]"),
    "greek": re.compile("[α-ωάέήίόύώϊϋΐΰΑ-ΩΆΈΉΊΌΎΏ]"),
}
_FREQUENT: Final = frozenset("оеаинтсрвлкмдпуі" + "αοιετσνηυρπκμλςάίό")

_NEUTRAL: Final = frozenset("«»„“”‘’–—…№©\xa0")
"""Signs that stand between words of these scripts as well."""

_RUN: Final = re.compile(rb"[\x80-\xff]{3,}")
_HIGH: Final = re.compile(rb"[\x80-\xff]")


def other_script(text: bytes) -> str | None:
    """The character set of a text that is mainly of another script; None for Latin letters."""
    high = len(_HIGH.findall(text))
    if high < 4 or sum(map(len, _RUN.findall(text))) < 0.7 * high:
        return None
    scores = {charset: _score(text, charset) for charset in CHARSETS}
    best = max(scores, key=lambda charset: scores[charset])
    return best if scores[best] > 0 else None


def _score(text: bytes, charset: str) -> float:
    """For each letter of the script something, against each sign that is none and each capital that
    follows a small letter more."""
    said = text.decode(charset, "replace")
    beyond = [sign for sign in said if sign > "\x7f"]
    letters = [sign for sign in beyond if _ALPHABETS[CHARSETS[charset]].match(sign)]
    frequent = sum(sign.lower() in _FREQUENT for sign in letters)
    capitals = sum(sign.isupper() for sign in letters)
    mixed = sum(one.islower() and other.isupper() for one, other in itertools.pairwise(said))
    strange = len(beyond) - len(letters) - sum(sign in _NEUTRAL for sign in beyond)
    return len(letters) + frequent - 2 * strange - 4 * mixed - 0.5 * capitals
