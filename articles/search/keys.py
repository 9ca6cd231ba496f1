"""Words as they are compared: small letters, without accents, quotes and spare spaces."""

import re
import unicodedata
from typing import Final

WORD: Final = re.compile(r"[^\s\"“”„«»,;()|&!]+")


def key_of(words: str) -> str:
    """“ Élections  in “Japan” ” → “elections in japan”."""
    plain = unicodedata.normalize("NFKD", words.casefold())
    plain = "".join(each for each in plain if not unicodedata.combining(each))
    return " ".join(WORD.findall(plain))
