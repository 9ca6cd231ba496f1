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
from pathlib import Path
from typing import Any, Final, Protocol

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils import translation

SPOKEN: Final = frozenset(
    code
    for code, _name in settings.LANGUAGES
    if code == "en"
    or any(
        (Path(folder) / code / "LC_MESSAGES/django.mo").is_file()
        for folder in settings.LOCALE_PATHS
    )
)
"""English, and the languages with a catalogue; the others have English labels until there is one."""
RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})


COUNTRIES: Final = {
    "bn": "in",
    "en": "us",
    "fa": "ir",
    "he": "il",
    "hi": "in",
    "ja": "jp",
    "ko": "kr",
    "sr": "rs",
    "sw": "ke",
    "uk": "ua",
    "ur": "pk",
    "vi": "vn",
    "zh": "cn",
}
"""Language → the country that stands for it in link previews, if its code is another one."""


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
    return f"{code}_{(country or COUNTRIES.get(code, code)).upper()}"


def direction_of(language: str) -> str:
    """The text direction of a language: rtl or ltr."""
    return "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"


def native_name(code: str) -> str:
    """The name of a language in that language: Français, العربية."""
    if code == "zh":
        return "中文"
    info = LANG_INFO.get(code) or LANG_INFO.get(code.split("-")[0]) or {}
    name = str(info.get("name_local", code))
    return name[:1].upper() + name[1:]


Translations = dict[str, dict[str, Any]]


class Translated(Protocol):
    translations: Translations


def translated(row: Translated, field: str) -> Any:
    """The value of a field in the language of the page, or that of the column."""
    return text_in(row.translations, field) or getattr(row, field)


def text_in(translations: Translations, field: str) -> Any:
    """The value of a field in the language of the page; empty if there is none."""
    return translations.get(content_language(), {}).get(field, "")
