"""PostgreSQL text search configurations by language, and preparing text for them.

The configurations are in `migrations/sql/text_search.sql`. Languages without a stemmer are indexed
word by word.
"""

import re
import unicodedata
from itertools import pairwise
from typing import Final

from iria.core.text.languages import language_of

NEGATIVE: Final = re.compile(r"-(?<=\w-)(?=[0-9])")
FULL_STOP: Final = re.compile("[.](?<=[a-zß-öø-ÿ]{2}[.])(?=[A-ZÀ-ÖØ-Þ][a-zß-öø-ÿ])")
"""Where PostgreSQL would see a negative number or a host name, and people write two words: F-16, and
a full stop without a space after it. The literal character comes first, which is faster to search."""

MAY_BREAK: Final = ("\u00ad", "\u2060", "\ufeff")
"""Characters that only control line breaks."""

UNSPACED: Final = re.compile("[\u3005\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]{2,}")
"""Chinese and Japanese write no spaces; two neighbouring characters count as a word."""


COMMON_WORDS: Final = ("US", "WHO", "IT")
"""English stop words; with full stops they are names."""

SHORT_NAMES: Final = re.compile(rf"\b(?:{'|'.join(COMMON_WORDS)})\b")

INITIALS: Final = re.compile(r"\b[A-Z](?:[.][A-Z])+\b[.]?(?!\w)")
"""U.N. and UN are the same name."""

ALL_CAPITALS: Final = 4
"""A text of at least this many words in capitals is a sentence, and its *US* may be a pronoun."""


def with_names(text: str) -> str:
    """The text or query with initials as PostgreSQL needs them: UN, EU, but U.S. and W.H.O."""
    text = INITIALS.sub(_without_stops, text)
    if text.isupper() and len(text.split()) >= ALL_CAPITALS:
        return text
    return SHORT_NAMES.sub(lambda name: f"{'.'.join(name[0])}.", text)


def _without_stops(name: re.Match[str]) -> str:
    letters = name[0].replace(".", "")
    return name[0] if letters in COMMON_WORDS else letters


def prepare_text(text: str) -> str:
    """A text prepared so that PostgreSQL finds the words that people see; for queries too."""
    for character in MAY_BREAK:
        text = text.replace(character, "")
    # India/Pakistan would be parsed as a file name.
    text = unicodedata.normalize("NFC", text).replace("/", " ")
    text = FULL_STOP.sub(" ", NEGATIVE.sub(" ", text))
    return text if text.isascii() else UNSPACED.sub(_in_pairs, text)


def _in_pairs(run: re.Match[str]) -> str:
    return f" {' '.join(first + second for first, second in pairwise(run[0]))} "


def configuration_for(language: str) -> str:
    """The name of the text search configuration for a language code."""
    return f"iria_{language_of(language).search}"
