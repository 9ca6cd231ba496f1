"""How PostgreSQL reads the words of a language: stems, stop words, accents taken off.

The configurations are in `migrations/sql/text_search.sql`. A language PostgreSQL has no stemmer for
is read word by word, which still finds every word as it is written.
"""

import re
import unicodedata
from itertools import pairwise
from typing import Final

PLAIN: Final = "iria_simple"

CONFIGURATIONS: Final = {
    "en": "iria_english",
    "fr": "iria_french",
    "de": "iria_german",
    "es": "iria_spanish",
    "pt": "iria_portuguese",
    "it": "iria_italian",
    "nl": "iria_dutch",
    "ru": "iria_russian",
    "tr": "iria_turkish",
    "ar": "iria_arabic",
    "hi": "iria_hindi",
    "id": "iria_indonesian",
}
"""Language code → text search configuration."""


NEGATIVE: Final = re.compile(r"-(?<=\w-)(?=[0-9])")
FULL_STOP: Final = re.compile("[.](?<=[a-zß-öø-ÿ]{2}[.])(?=[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ])")
"""Where PostgreSQL would see a negative number or the name of a computer, and people write two words:
F-16, and a full stop without the blank behind it. The sign itself stands first, so that it is what the
text is searched for."""

MAY_BREAK: Final = ("\u00ad", "\u2060", "\ufeff")
"""Signs that only say where a line may break."""

UNSPACED: Final = re.compile("[\u3005\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{2,}")
"""Chinese and Japanese write no spaces; there, two neighbouring signs stand for a word."""


COMMON_WORDS: Final = ("US", "WHO", "IT")
"""English reads them as words too common to be looked for; with full stops they are names."""

SHORT_NAMES: Final = re.compile(rf"\b(?:{'|'.join(COMMON_WORDS)})\b")

INITIALS: Final = re.compile(r"\b[A-Z](?:[.][A-Z])+\b[.]?(?!\w)")
"""U.N. and UN are one name."""

SHOUTED: Final = 4
"""So many words in capitals alone are a sentence in capitals, and *us* is no country in it."""


def with_names(text: str) -> str:
    """A whole text or query with names of initials as PostgreSQL is given them: UN, EU, but U.S. and W.H.O."""
    text = INITIALS.sub(_without_stops, text)
    if text.isupper() and len(text.split()) >= SHOUTED:
        return text
    return SHORT_NAMES.sub(lambda name: f"{'.'.join(name[0])}.", text)


def _without_stops(name: re.Match[str]) -> str:
    letters = name[0].replace(".", "")
    return name[0] if letters in COMMON_WORDS else letters


def as_read(text: str) -> str:
    """A text as PostgreSQL should be given it, so that it finds the words in it that people see.

    Whatever is looked for has to go through the same.
    """
    for sign in MAY_BREAK:
        text = text.replace(sign, "")
    # India/Pakistan would be the name of a file.
    text = unicodedata.normalize("NFC", text).replace("/", " ")
    text = FULL_STOP.sub(" ", NEGATIVE.sub(" ", text))
    return text if text.isascii() else UNSPACED.sub(_in_pairs, text)


def _in_pairs(run: re.Match[str]) -> str:
    return f" {' '.join(first + second for first, second in pairwise(run[0]))} "


def configuration_for(language: str) -> str:
    """The name of the text search configuration for a language code."""
    return CONFIGURATIONS.get(language, PLAIN)
