"""The language of the interface.

It depends on the content of the page, never on the reader's browser: a page is the same for everybody.
`settings.LANGUAGES` lists the languages with a catalogue (docs/decisions/languages.md).
"""

from contextlib import AbstractContextManager
from typing import Final

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils import translation

SPOKEN: Final = frozenset(code for code, _name in settings.LANGUAGES)
RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})


def use_language(language: str) -> AbstractContextManager[None]:
    """Activates a language inside the block; a language without a catalogue changes nothing."""
    return translation.override(catalogue_of(language) or translation.get_language())


def catalogue_of(language: str) -> str:
    """The catalogue for a language: its own, or that of `pt` for `pt-br`; empty if there is none."""
    found = (code for code in (language, language.split("-")[0]) if code in SPOKEN)
    return next(found, "")


def interface_language() -> str:
    """The active language."""
    return translation.get_language() or settings.LANGUAGE_CODE


def direction_of(language: str) -> str:
    """The text direction of a language: rtl or ltr."""
    return "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"


def native_name(code: str) -> str:
    """The name of a language in that language: Français, العربية."""
    if code == "zh":
        return "中文"
    known = LANG_INFO.get(code) or LANG_INFO.get(code.split("-")[0]) or {}
    name = str(known.get("name_local", code))
    return name[:1].upper() + name[1:]
