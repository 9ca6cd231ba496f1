"""Texts of a row in several languages: the columns, and in `translations` those of other languages.

`translations` is `{"fr": {"name": "Europe", …}, …}`. A text without a translation is shown as it is in the
column, in the publication's first language (docs/decisions/languages.md).
"""

from typing import Any, Protocol

from iria.core.text.language import content_language

Translations = dict[str, dict[str, Any]]


class Translated(Protocol):
    translations: Translations


def translated(row: Translated, field: str) -> Any:
    """The value of a field in the language of the page, or that of the column."""
    return text_in(row.translations, field) or getattr(row, field)


def text_in(translations: Translations, field: str) -> Any:
    """The value of a field in the language of the page; empty if there is none."""
    return translations.get(content_language(), {}).get(field, "")
