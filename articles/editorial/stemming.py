"""How PostgreSQL reads the words of a language: stems, stop words, accents taken off.

The configurations are made by the migration `text_search`. A language PostgreSQL has no stemmer for
is read word by word, which still finds every word as it is written.
"""

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


def configuration_for(language: str) -> str:
    """The name of the text search configuration for a language code."""
    return CONFIGURATIONS.get(language, PLAIN)
