"""The language of the interface, and texts in the language of the page.

It depends on the content of the page, never on the reader's browser: a page is the same for everybody.
`settings.LANGUAGES` lists the languages of the interface (docs/decisions/languages.md).

Texts of a row in several languages are in its columns, and in `translations` those of other languages:
`{"fr": {"name": "Europe", …}, …}`. One without a translation is shown as it is in the column, in the
publication's first language.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from typing import Any, Final, Protocol

from django.conf import settings
from django.utils import translation

from iria.core.text.languages import language_of

SPOKEN: Final = frozenset(code for code, _name in settings.LANGUAGES)
"""The languages with a catalogue, and English; the others have English labels."""

OTHER_COUNTRIES: Final = {"bn": "in", "sr": "rs", "sw": "ke", "vi": "vn"}
"""The countries of languages that a publication can name, and no text can have."""

_content_language: ContextVar[str] = ContextVar("content_language", default="")


@contextmanager
def use_language(language: str) -> Iterator[None]:
    """Activates a language inside the block, as that of the content and that of the interface.

    A language without a catalogue does not change that of the interface.
    """
    outside = _content_language.set(language)
    try:
        with translation.override(catalogue_of(language) or translation.get_language()):
            yield
    finally:
        _content_language.reset(outside)


def content_language() -> str:
    """The language of the content of the page, with a catalogue or without; empty outside of pages."""
    return _content_language.get()


def catalogue_of(language: str) -> str:
    """The catalogue for a language: its own, or that of `pt` for `pt-br`; empty if there is none."""
    codes = (language, language.split("-")[0])
    return next((code for code in codes if code in SPOKEN), "")


def interface_language() -> str:
    """The active language."""
    return translation.get_language() or settings.LANGUAGE_CODE


def locale_of(language: str) -> str:
    """Language and country for link previews, which need both: fr_FR, pt_BR."""
    code, _, country = language.partition("-")
    country = country or language_of(code).country or OTHER_COUNTRIES.get(code, code)
    return f"{code}_{country.upper()}"


def direction_of(language: str) -> str:
    """The text direction of a language: rtl or ltr."""
    return "rtl" if language_of(language).right_to_left else "ltr"


Translations = dict[str, dict[str, Any]]


class Translated(Protocol):
    translations: Translations


def translated(row: Translated, field: str) -> Any:
    """The value of a field in the language of the page, or that of the column."""
    return text_in(row.translations, field) or getattr(row, field)


def text_in(translations: Translations, field: str) -> Any:
    """The value of a field in the language of the page; empty if there is none."""
    return translations.get(content_language(), {}).get(field, "")
