"""Detecting the character set of a block without a declaration, or with a wrong one.

Cyrillic and Greek text has whole words of bytes beyond ASCII, which Latin scripts do not have, so it
is recognised before decoding; capitals and letter frequencies decide which character set it is. For
Latin scripts, letters that do not belong to one language show a wrong character set. The rules and
their order are in docs/algorithms/image-metadata.md.

How plausible a text is in a European language is scored character by character: text in the wrong
character set has capitals inside words, symbols between letters, and unclosed quotes. Only characters
beyond ASCII are scored, each by its neighbours.
"""

import itertools
import re
from dataclasses import dataclass
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
    return sum(
        _character_score(text, at) for at, character in enumerate(text) if character > "\x7f"
    )


def _character_score(text: str, at: int) -> float:
    character = text[at]
    before, after = text[at - 1 : at] if at else "", text[at + 1 : at + 2]
    if character == "\ufffd" or character < "\xa0":  # undefined, or a control character
        return 2 * WRONG
    if character.isalpha() and character not in _NO_LETTERS:
        return _alphabetic_score(character, before, after)
    if character in _DASHES:
        return _dash_score(before, after)
    if character in _PARTNERS:
        return _quote_score(text, at, before, after)
    return _symbol_score(character, before, after)


def _alphabetic_score(character: str, before: str, after: str) -> float:
    if not (before.isalpha() or after.isalpha()):
        return 1.0 if character in _ALONE else -2.0
    if character.islower():
        return _lowercase_score(character, before, after)
    if before.islower():
        return WRONG
    if before.isupper():
        return -2.0 if after.islower() else 1.5
    if character in "ŠŽŸŒÝ":  # at the start of a word
        return 1.5 if after.lower() in _VOWELS and character != "Ÿ" else -0.5
    return 1.5


def _lowercase_score(character: str, before: str, after: str) -> float:
    """Vowels are next to consonants, consonants next to vowels."""
    if after.isupper():
        return -1.0
    if character == "œ":
        return 2.0 if after in {"u", "i", "t", "n"} else -1.0
    at_the_end = not after.isalpha()
    score = 2.0 if character in _COMMON else 1.2 if character in _RARE else 0.3
    if character == "ì":
        score = 2.0 if at_the_end else 0.0
    if character in "îï" and at_the_end:
        score = 0.2
    if character in "àáèéìòóùú" and at_the_end:  # as stressed endings are written
        return score
    neighbours = [each.lower() for each in (before, after) if each.isalpha()]
    return score if any((e in _VOWELS) != (character in _VOWELS) for e in neighbours) else score / 4


def _dash_score(before: str, after: str) -> float:
    if before.isdigit() and after.isdigit():
        return 1.5
    return -0.5 if before.isalpha() or after.isalpha() else 1.5


def _quote_score(text: str, at: int, before: str, after: str) -> float:
    character = text[at]
    if before.isalnum() and after.isalnum():
        if character != "’":
            return -2.0
        if _ENGLISH.match(text, at + 1) or _ELISION.search(text, max(0, at - 8), at):
            return 3.0
        return 1.0 if after.isupper() else -0.5
    if not before.isalnum() and any(each in text[at + 1 :] for each in _PARTNERS[character]):
        return 2.0
    if not after.isalnum() and any(character in _PARTNERS.get(each, "") for each in text[:at]):
        return 2.0
    if character == "’" and before in {"s", "z", "x"}:  # the players’ bus
        return 1.5
    return 0.2


def _symbol_score(character: str, before: str, after: str) -> float:
    is_beside_letter = before.isalpha() or after.isalpha()
    if character == "·" and before == after == "l":  # Catalan
        return 1.5
    if character in "¿¡" and after.isalpha() and not before.isalnum():
        return 2.0
    if before.isalpha() and after.isalpha():
        return WRONG
    if character == "\xa0":
        return 0.3
    if character in "©…":
        return 1.5
    if character in _MEASURES and (before.isdigit() or after.isdigit()):
        return 1.5
    if character in "®™" and before.isalnum():
        return 0.3
    return 0.5 if character in "•·§†" and not is_beside_letter else -2.0


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
"""Characters that occur between words of these scripts too."""

_RUN: Final = re.compile(rb"[\x80-\xff]{3,}")
_HIGH: Final = re.compile(rb"[\x80-\xff]")


def non_latin_charset(text: bytes) -> str | None:
    """The character set of a text that is mainly in another script; None for Latin letters."""
    high = len(_HIGH.findall(text))
    if high < 4 or sum(map(len, _RUN.findall(text))) < 0.7 * high:
        return None
    scores = {charset: _script_score(text, charset) for charset in CHARSETS}
    best = max(scores, key=lambda charset: scores[charset])
    return best if scores[best] > 0 else None


def _script_score(text: bytes, charset: str) -> float:
    """Letters of the script score positive; other characters and capitals after small letters
    negative."""
    decoded_text = text.decode(charset, "replace")
    beyond = [each for each in decoded_text if each > "\x7f"]
    letters = [each for each in beyond if _ALPHABETS[CHARSETS[charset]].match(each)]
    frequent = sum(each.lower() in _FREQUENT for each in letters)
    capitals = sum(each.isupper() for each in letters)
    pairs = itertools.pairwise(decoded_text)
    mixed = sum(previous.islower() and other.isupper() for previous, other in pairs)
    foreign_count = len(beyond) - len(letters) - sum(each in _NEUTRAL for each in beyond)
    return len(letters) + frequent - 2 * foreign_count - 4 * mixed - 0.5 * capitals


ALPHABETS: Final = tuple(
    map(
        frozenset,
        (
            "àâæçèéêëîïôœùûüÿ",  # French
            "äöüßé",  # German
            "áéíñóúü",  # Spanish
            "áâãàçéêíóôõúü",  # Portuguese
            "àèéìíîòóùú",  # Italian
            "àçèéíïòóúü",  # Catalan
            "åäöéüæøàôè",  # Danish, Finnish, Norwegian, Swedish
            "áðéíóúýþæö",  # Icelandic
            "äõöüšžé",  # Estonian
            "éëïöüèêáóíú",  # Dutch, Irish
            "ąćęłńóśźż",  # Polish
            "áčďéěíňóřšťúůýžäľĺŕô",  # Czech, Slovak
            "áéíóöőúüű",  # Hungarian
            "čćđšž",  # Croatian, Slovene
            "ăâîșşțţ",  # Romanian
            "çğıöşüâîû",  # Turkish
            "ąčęėįšųūžāēģīķļņ",  # Lithuanian, Latvian
        ),
    )
)


def belonging(text: str) -> tuple[int, float]:
    """The number of letters beyond ASCII, and the share of them in the best fitting language."""
    letters = [each for each in text.lower() if each > "\x7f" and each.isalpha()]
    if not letters:
        return 0, 1.0
    most = max(sum(letter in alphabet for letter in letters) for alphabet in ALPHABETS)
    return len(letters), most / len(letters)


UTF8: Final = "utf-8"

DECLARED: Final = {
    b"\x1b%G": UTF8,
    b"\x1b%/G": UTF8,
    b"\x1b%/H": UTF8,
    b"\x1b%/I": UTF8,
    b"A": "cp1252",
    b"B": "iso8859-2",
    b"C": "iso8859-3",
    b"D": "iso8859-4",
    b"L": "iso8859-5",
    b"G": "iso8859-6",
    b"F": "iso8859-7",
    b"H": "iso8859-8",
    b"M": "iso8859-9",
    b"V": "iso8859-10",
    b"T": "iso8859-11",
    b"Y": "iso8859-13",
    b"_": "iso8859-14",
    b"b": "iso8859-15",
    b"f": "iso8859-16",
}
"""Values of dataset 1:90: escape sequences of ISO 2022, by the last byte if they designate the upper
half. Windows-1252 is used for Latin-1, of which it is a superset in printable characters."""

_UPPER_HALF: Final = re.compile(rb"\x1b[-./,]([A-Zbf_])")

FREQUENT: Final = ("cp1252", "mac_roman")
GUESSED: Final = (*FREQUENT, "cp1250", "iso8859-2", "mac_latin2", "cp1254")
"""For Latin letters; `non_latin_charset` handles other scripts."""

CONFIRMED: Final = (
    *("cp1252", "mac_roman", "cp1250", "iso8859-2", "iso8859-15", "mac_latin2", "cp1251"),
    *("koi8-r", "iso8859-5", "mac_cyrillic", "cp1253", "iso8859-7", "cp1254", "iso8859-9"),
    *("cp1257", "cp1255", "cp1256", "cp850", "cp437", "cp932", "gb18030", "big5", "euc_jp"),
    "euc_kr",
)
"""Tried if another block has the same text, so that a match is no coincidence."""

_FREQUENT_BONUS: Final = 1.0
"""Bonus of the most frequent set: Windows, or Mac if the file names one."""
_RARE_PENALTY: Final = 1.5
"""Penalty of the rare Central European and Turkish sets."""
_FOREIGN_PENALTY: Final = 2.0
"""Penalty of a letter that does not fit the language."""


@dataclass(frozen=True, slots=True)
class Hints:
    """What the rest of the file says about the software that wrote a block."""

    from_mac: bool = False
    elsewhere: frozenset[str] = frozenset()
    """Texts of blocks with a certain character set."""


def declared(mark: bytes) -> str | None:
    """The character set that dataset 1:90 declares; None if unknown."""
    if mark in DECLARED and mark.startswith(b"\x1b"):
        return DECLARED[mark]
    if mark.startswith(b"\x1b%G"):
        return UTF8
    named = _UPPER_HALF.findall(mark)
    return DECLARED.get(named[-1]) if named else None


def decoded(values: list[bytes], hints: Hints, charset: str | None = None) -> list[str]:
    """The values of one block as text.

    Valid UTF-8 is UTF-8, because other text is practically never valid; the rest is in the declared
    set, or in the one that fits all values best.
    """
    texts = [_utf8(value, cut=charset == UTF8) for value in values]
    rest = [value for value, text in zip(values, texts, strict=True) if text is None]
    if not rest:
        return [text for text in texts if text is not None]
    other = charset if charset and charset != UTF8 else guess(rest, hints)
    return [
        _decode(value, other) if text is None else text
        for value, text in zip(values, texts, strict=True)
    ]


def _utf8(value: bytes, *, cut: bool) -> str | None:
    try:
        return value.decode(UTF8)
    except UnicodeDecodeError as error:
        at_the_end = error.reason == "unexpected end of data" and error.start > 0
        prefix = value[: error.start]
        if at_the_end and (cut or not prefix.isascii()):  # IIM limits can split a character
            return prefix.decode(UTF8)
        return None


def guess(values: list[bytes], hints: Hints) -> str:
    """The character set of values that are not UTF-8."""
    confirmed = _confirmed(values, hints.elsewhere)
    if confirmed:
        return confirmed
    joined = b"\n".join(values)[:20_000]
    non_latin = non_latin_charset(joined)
    if non_latin:
        return non_latin
    bonus = dict.fromkeys(GUESSED, -_RARE_PENALTY) | dict.fromkeys(FREQUENT, 0.0)
    bonus["mac_roman" if hints.from_mac else "cp1252"] = _FREQUENT_BONUS
    return max(
        GUESSED,
        key=lambda charset: _latin_score(joined.decode(charset, "replace")) + bonus[charset],
    )


def _latin_score(text: str) -> float:
    letters, part = belonging(text)
    return plausibility(text) - _FOREIGN_PENALTY * letters * (1 - part)


def _confirmed(values: list[bytes], elsewhere: frozenset[str]) -> str | None:
    """The set in which most values, or their beginnings, are in another block too."""
    if not elsewhere:
        return None
    samples = [value for value in values if not value.isascii()][:50]
    hits = {
        charset: sum(_is_elsewhere(_decode(value, charset).strip(), elsewhere) for value in samples)
        for charset in CONFIRMED
    }
    best = max(CONFIRMED, key=lambda charset: hits[charset])
    return best if hits[best] else None


def _is_elsewhere(text: str, elsewhere: frozenset[str]) -> bool:
    return text in elsewhere or (
        len(text) >= 24 and any(prefix.startswith(text) for prefix in elsewhere)
    )


def _decode(value: bytes, charset: str) -> str:
    """Decoded without errors; only in Windows-1252 undefined bytes are dropped."""
    return value.decode(charset, "replace" if charset != "cp1252" else "ignore")
