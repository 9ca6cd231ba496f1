"""The files of a catalogue: updates the `.po`, compiles the `.mo`."""

import gettext
import re
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from io import BytesIO
from pathlib import Path
from typing import Any, Final

from babel.messages.catalog import Catalog
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po

from iria.core.text.typography import typeset_html
from tests.catalogue.collecting import Collection
from tests.shared import PROJECT

LOCALE: Final = PROJECT / "locale"
CREATED: Final = datetime(2026, 11, 25, tzinfo=UTC)


def catalogues(new: Iterable[str] = ()) -> Iterator[tuple[str, Path]]:
    """Language and `.po` of every existing catalogue and of new ones."""
    existing = {file.parent.parent.name for file in LOCALE.glob("*/LC_MESSAGES/django.po")}
    for language in sorted(existing | set(new)):
        yield language, LOCALE / language / "LC_MESSAGES/django.po"


def read(language: str, file: Path) -> Catalog:
    with file.open("rb") as source:
        return read_po(source, locale=language, domain="django")


PLURAL_FORMS: Final = {
    "ar": "nplurals=6; plural=(n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : n%100>=11 ? 4 : 5);"
}
"""Where the order of Babel is not that of GNU gettext and Django, in which translators expect the forms."""


def empty_catalogue(language: str) -> Catalog:
    # Fixed dates: the file changes only with its texts.
    catalogue = Catalog(
        locale=language,
        domain="django",
        header_comment=f"# The words of IRIA's pages in {language}.",
        project="IRIA",
        version="1",
        msgid_bugs_address="IRIA",
        last_translator="IRIA",
        language_team=language,
        creation_date=CREATED,
        revision_date=CREATED,
        fuzzy=False,
    )
    if language in PLURAL_FORMS:
        catalogue.mime_headers = [("Plural-Forms", PLURAL_FORMS[language])]
    return catalogue


def updated(language: str, file: Path, collection: Collection) -> Catalog:
    """The catalogue with exactly the messages of the project; existing translations stay."""
    before = read(language, file) if file.exists() else empty_catalogue(language)
    after = empty_catalogue(language)
    for message in sorted(
        collection.places, key=lambda each: (each.singular.casefold(), each.context)
    ):
        message_id = (message.singular, message.plural) if message.plural else message.singular
        old = before.get(message.singular, context=message.context or None)
        after.add(
            message_id,
            string=_typeset(old.string, language)
            if old is not None and type(old.id) is type(message_id)
            else None,
            locations=[(place, None) for place in sorted(collection.places[message])],  # type: ignore[misc]
            context=message.context or None,
        )
    return after


def _typeset(string: Any, language: str) -> Any:
    """A translation with the non-breaking spaces of its language."""
    if isinstance(string, str):
        return typeset_html(string, language)
    return tuple(typeset_html(each, language) for each in string)


def as_po(catalogue: Catalog) -> bytes:
    buffer = BytesIO()
    write_po(buffer, catalogue, width=96, omit_header=False, sort_by_file=False)
    return buffer.getvalue()


def as_mo(catalogue: Catalog) -> bytes:
    buffer = BytesIO()
    write_mo(buffer, catalogue)
    return buffer.getvalue()


def untranslated(catalogue: Catalog) -> list[str]:
    """Messages without a translation in every plural form of the language."""
    return [
        str(message.id)
        for message in catalogue
        if message.id and (not _is_complete(message.string, catalogue.num_plurals) or message.fuzzy)
    ]


def _is_complete(string: str | tuple[str, ...] | list[str] | None, forms: int) -> bool:
    if isinstance(string, str) or string is None:
        return bool(string)
    return len(string) == forms and all(string)


PARTS: Final = re.compile(r"%\(\w+\)[sd]|<[^>]*>")
"""Placeholders and markup."""
NUMBERS: Final = range(1000)


def misplaced_parts(catalogue: Catalog) -> list[str]:
    """Translations with other placeholders or markup than the English text.

    A plural form for a single number, such as the Arabic ones for none, one and two, may say the number in
    words instead of having it filled in.
    """
    exact = exact_forms(catalogue)
    return [
        f"{message.id}: {text}"
        for message in catalogue
        if message.id
        for number, text in enumerate(_texts(message.string))
        if not _has_parts(message.id, text, isinstance(message.id, tuple) and number in exact)
    ]


def _texts(string: Any) -> tuple[str, ...]:
    return (string,) if isinstance(string, str) else tuple(string or ())


def _has_parts(original: Any, text: str, may_lack_number: bool) -> bool:
    expected = set(PARTS.findall(_texts(original)[-1]))
    found = set(PARTS.findall(text))
    if not may_lack_number:
        return found == expected
    missing = expected - found
    return not found - expected and len(missing) <= 1 and all(each[0] == "%" for each in missing)


def exact_forms(catalogue: Catalog) -> set[int]:
    """The plural forms that are used for a single number."""
    form_of = gettext.c2py(catalogue.plural_expr)
    counts = [0] * catalogue.num_plurals
    for number in NUMBERS:
        counts[form_of(number)] += 1
    return {form for form, count in enumerate(counts) if count == 1}
