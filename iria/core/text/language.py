"""The language of the interface's own words.

It follows what is on the page, never the reader's browser: a page is the same for everybody. The
languages there is a catalogue for stand in `settings.LANGUAGES` (docs/decisions/languages.md).
"""

from contextlib import AbstractContextManager
from typing import Final

from django.conf import settings
from django.conf.locale import LANG_INFO
from django.utils import translation

SPOKEN: Final = frozenset(code for code, _name in settings.LANGUAGES)
RIGHT_TO_LEFT: Final = frozenset({"ar", "fa", "he", "ur"})


def use_language(language: str) -> AbstractContextManager[None]:
    """Within it, the interface speaks this language; one it has no words in changes nothing."""
    return translation.override(catalogue_of(language) or translation.get_language())


def catalogue_of(language: str) -> str:
    """The catalogue for a language: its own, or that of `pt` for `pt-br`; empty where there is none."""
    found = (code for code in (language, language.split("-")[0]) if code in SPOKEN)
    return next(found, "")


def interface_language() -> str:
    """What the interface speaks at this moment."""
    return translation.get_language() or settings.LANGUAGE_CODE


def direction_of(language: str) -> str:
    """How a language is written: rtl or ltr."""
    return "rtl" if language.split("-")[0] in RIGHT_TO_LEFT else "ltr"


def native_name(code: str) -> str:
    """What a language is called in itself: Français, العربية."""
    if code == "zh":
        return "中文"
    known = LANG_INFO.get(code) or LANG_INFO.get(code.split("-")[0]) or {}
    name = str(known.get("name_local", code))
    return name[:1].upper() + name[1:]
