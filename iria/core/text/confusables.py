"""Names as the eye takes them: two that look alike are one here.

After Unicode's report on confusables (UTS #39), whose *skeleton* this is for what names are written
with: compatibility forms, accents and invisible signs go, then every letter becomes the Latin one it
looks like in common fonts. The table is our own. The report's holds six thousand pairs, most of them
in scripts nobody would take for a name of ours; the library that carries it was last released in
January 2024. What is here: Cyrillic, Greek, Armenian, Cherokee, Coptic, Lisu, the small capitals and
phonetic letters of Latin, and digits. A name that is wholly of another script keeps being compared
with itself, so nobody is refused for writing in theirs.
"""

import unicodedata
from typing import Final

from iria.core.text.validators import INVISIBLE

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
    ord(sign): latin for latin, signs in ALIKE.items() for each in signs for sign in each.casefold()
}
_TABLE.update({sign: "l" for sign, latin in _TABLE.items() if latin == "i"} | {ord("i"): "l"})
_CAPITALS: Final = str.maketrans("ΑΒΕΖΗΙΚΜΝΟΡΤΥΧАВЕНІЈКМОРСТХУЅ", "abezhlkmnoptyxabehljkmopctxys")
"""What looks like a Latin letter as a capital, and may look like another or none when it is small."""
_PAIRS: Final = (("rn", "m"), ("vv", "w"))


KEY_MAX_LENGTH: Final = 200


def key_of(name: str) -> str:
    """By what a name is known to be taken; a name of signs alone looks like itself. Empty for no name."""
    signs = unicodedata.normalize("NFKC", INVISIBLE.sub("", name)).casefold()
    return (skeleton(name) or "".join(signs.split()))[:KEY_MAX_LENGTH]


def skeleton(name: str) -> str:
    """What is left of a name for the eye; two names with the same one look alike."""
    plain = unicodedata.normalize("NFKD", INVISIBLE.sub("", name))
    plain = plain.translate(_CAPITALS).casefold()
    plain = unicodedata.normalize("NFKD", plain).translate(_TABLE)
    letters = "".join(sign for sign in plain if sign.isalnum())
    for pair, sign in _PAIRS:
        letters = letters.replace(pair, sign)
    return letters
