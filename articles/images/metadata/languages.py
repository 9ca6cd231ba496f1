"""Whether the letters of a text could all belong to one language.

Read in the wrong character set, Czech has letters of French, Danish and Italian in one sentence.
"""

from typing import Final

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
    """How many letters beyond ASCII there are, and which part of them the language with most has."""
    letters = [sign for sign in text.lower() if sign > "\x7f" and sign.isalpha()]
    if not letters:
        return 0, 1.0
    most = max(sum(letter in alphabet for letter in letters) for alphabet in ALPHABETS)
    return len(letters), most / len(letters)
