"""The files of a catalogue: bringing the `.po` up to date, making the `.mo`."""

from collections.abc import Iterator
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
BEGUN: Final = datetime(2026, 11, 25, tzinfo=UTC)


def catalogues() -> Iterator[tuple[str, Path]]:
    """Language and `.po` of every catalogue there is."""
    for file in sorted(LOCALE.glob("*/LC_MESSAGES/django.po")):
        yield file.parent.parent.name, file


def read(language: str, file: Path) -> Catalog:
    with file.open("rb") as source:
        return read_po(source, locale=language, domain="django")


def brought_up_to_date(language: str, file: Path, found: Collection) -> Catalog:
    """The catalogue with exactly what the project says today; translations there were are kept."""
    before = read(language, file) if file.exists() else Catalog(locale=language)
    # Fixed dates: the file changes only when its words do.
    after = Catalog(
        locale=language,
        domain="django",
        header_comment=f"# The words of IRIA's pages in {language}.",
        project="IRIA",
        version="1",
        msgid_bugs_address="IRIA",
        last_translator="IRIA",
        language_team=language,
        creation_date=BEGUN,
        revision_date=BEGUN,
        fuzzy=False,
    )
    for message in sorted(found.places, key=lambda each: (each.singular.casefold(), each.context)):
        given = (message.singular, message.plural) if message.plural else message.singular
        old = before.get(message.singular, context=message.context or None)
        after.add(
            given,
            string=_typeset(old.string, language)
            if old is not None and type(old.id) is type(given)
            else None,
            locations=[(place, None) for place in sorted(found.places[message])],  # type: ignore[misc]
            context=message.context or None,
        )
    return after


def _typeset(string: Any, language: str) -> Any:
    """A translation with the spaces at which its language lets no line break."""
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
    """What has no translation, or one in which a word to be filled in is missing or foreign."""
    return [
        str(message.id)
        for message in catalogue
        if message.id and (not _is_whole(message.string) or message.fuzzy)
    ]


def _is_whole(string: str | tuple[str, ...] | list[str] | None) -> bool:
    return bool(string) and (isinstance(string, str) or all(string or ()))
