"""The initials of a name, shown in place of a picture."""

import unicodedata


def initials_of(name: str) -> str:
    """The first letters of the first and the last word; “?” for a name without letters.

    One letter in Arabic script, where the letters of two words would be joined.
    """
    words = [word for word in unicodedata.normalize("NFC", name).split() if word[0].isalnum()]
    letters = [word[0] for word in [*words[:1], *words[1:][-1:]]]
    if letters and unicodedata.bidirectional(letters[0]) == "AL":
        return letters[0]
    return "".join(letters).upper() or "?"
