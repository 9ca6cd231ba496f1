"""Slugs made from names, and skeletons: two names that look alike have the same skeleton.

Skeletons are based on Unicode's report on confusables (UTS #39): compatibility forms, accents and invisible characters are
removed, then every letter becomes the Latin one it looks like in common fonts. The table is our own. The report's has six
thousand pairs, most of them in scripts that are unlikely for our names; the library that contains it was last released in
January 2024. Ours covers Cyrillic, Greek, Armenian, Cherokee, Coptic, Lisu, the small capitals and phonetic letters of
Latin, and digits. A name in another script is compared unchanged, so names in all scripts are allowed.
"""

import unicodedata
from collections.abc import Iterable
from itertools import count
from typing import Final

from django.utils.text import slugify

from iria.core.text.validators import INVISIBLE

LATIN = str.maketrans(
    {
        "ß": "ss",
        "æ": "ae",
        "Æ": "Ae",
        "ø": "o",
        "Ø": "O",
        "đ": "d",
        "Đ": "D",
        "ł": "l",
        "Ł": "L",
        "ı": "i",
    }
)


def slug_from(text: str, *, fallback: str, length: int = 80) -> str:
    """A slug of at most `length` characters, cut at a word; `fallback` if it would be empty.

    Latin letters lose their accents; letters of other scripts are kept, since an Arabic headline
    in a URL is more useful than a number.
    """
    plain = unicodedata.normalize("NFKD", text.translate(LATIN))
    ascii_slug = slugify(plain)
    slug = ascii_slug if len(ascii_slug) >= len(text) // 3 else slugify(text, allow_unicode=True)
    slug = slug.strip("-_")
    if len(slug) > length:
        slug = slug[: length + 1].rsplit("-", 1)[0][:length].strip("-_")
    return slug or fallback


def free_slug(name: str, *, fallback: str, taken: Iterable[str], length: int = 80) -> str:
    """A slug of the name that is not taken: the next one of `japan`, `japan-2`, `japan-3`, …"""
    used = set(taken)
    slug = slug_from(name, fallback=fallback, length=length - 6)
    numbered = (f"{slug}-{number}" for number in count(2))
    return slug if slug not in used else next(each for each in numbered if each not in used)


ALIKE: Final = {
    "a": "аαɑᴀꓮ\u13aa⍺",
    "b": "ьвꓐᏏʙꞵβ",
    "c": "сϲᴄꓚᏟⲥ",
    "d": "ԁꓓᎠᏧժɗđ",
    "e": "еҽєεɛꓰᎬⲉөə",
    "f": "ƒꓝϝք",
    "g": "ɡցɢꓖᏀԍ",
    "h": "һнհʜꓧᎻⲏ",
    "j": "јϳյᴊꓙᎫ",
    "k": "кκᴋꓗᏦⲕĸ",
    "i": "іιıɩɪꓲᎥⲓ",
    "l": "1|ӏʟꓡᏞ!łǀ",
    "m": "мᴍꓟᎷⲙʍ",
    "n": "ոпɴꓠⲛռƞη",
    "o": "оοσօ0ᴏꓳⲟøөɵϙ",
    "p": "рρᴘꓑᏢⲣþ",
    "q": "ԛգզ",
    "r": "гᴦʀꓣᏒⲅɾ",
    "s": "ѕꜱꓢᏚՏ5$ƽ",
    "t": "тτᴛꓔᎢⲧŧ",
    "u": "υսᴜꓴꞟц",
    "v": "ѵνᴠꓦᏙ",
    "w": "ѡԝաᴡꓪᎳᏔωшɯ",
    "x": "хχꓫⲭ×",
    "y": "уүγყʏꓬᎩⲩ",
    "z": "ᴢꓜᏃⲍʐ2",
}
_TABLE: Final = {
    ord(character): latin
    for latin, lookalikes in ALIKE.items()
    for each in lookalikes
    for character in each.casefold()
}
_TABLE.update({code: "l" for code, latin in _TABLE.items() if latin == "i"} | {ord("i"): "l"})
_CAPITALS: Final = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕНІЈКМОРСТХУЅ", "abezhlkmnoptyxabehljkmopctxys")
"""Capitals that look like a Latin letter; their small letters may look like another or none."""
_PAIRS: Final = (("rn", "m"), ("vv", "w"))


KEY_MAX_LENGTH: Final = 200


def key_of(name: str) -> str:
    """The key that makes a name unique: its skeleton, or the name itself if it has no letters. May be empty."""
    plain = unicodedata.normalize("NFKC", INVISIBLE.sub("", name)).casefold()
    return (skeleton(name) or "".join(plain.split()))[:KEY_MAX_LENGTH]


def skeleton(name: str) -> str:
    """The skeleton of a name; two names with the same skeleton look alike."""
    plain = unicodedata.normalize("NFKD", INVISIBLE.sub("", name))
    plain = plain.translate(_CAPITALS).casefold()
    plain = unicodedata.normalize("NFKD", plain).translate(_TABLE)
    letters = "".join(character for character in plain if character.isalnum())
    for pair, letter in _PAIRS:
        letters = letters.replace(pair, letter)
    return letters
