"""The translations of the interface."""

from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from django.utils import translation

from iria.core.text.language import SPOKEN, interface_language, use_language
from iria.core.text.typography import typeset_html
from tests.catalogue import keeping
from tests.catalogue.collecting import collect
from tests.catalogue.unsaid import untranslated_texts

CATALOGUES = dict(keeping.catalogues())


def test_the_interface_uses_exactly_the_languages_with_a_catalogue() -> None:
    assert set(CATALOGUES) | {"en"} == SPOKEN


@pytest.fixture(scope="module")
def keys() -> set[tuple[str, str]]:
    """Of all texts of the interface."""
    return {message.key for message in collect().places}


@pytest.mark.parametrize("language", CATALOGUES)
def test_the_catalogue_has_exactly_the_texts_of_the_interface(
    language: str, keys: set[tuple[str, str]]
) -> None:
    catalogue = keeping.read(language, CATALOGUES[language])
    existing = {
        (message.context or "", message.id if isinstance(message.id, str) else message.id[0])
        for message in catalogue
        if message.id
    }
    assert keys - existing == set(), "python -m tests.catalogue adds them"
    assert existing - keys == set(), "python -m tests.catalogue removes them"
    assert keeping.untranslated(catalogue) == []


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_translation_has_the_same_placeholders_and_markup(language: str) -> None:
    assert keeping.misplaced_parts(keeping.read(language, CATALOGUES[language])) == []


ARABIC_FORMS = ("لا ردود", "رد واحد", "ردان", "%(count)d ردود", "%(count)d ردًا", "%(count)d رد")


def arabic(*forms: str) -> Catalog:
    catalogue = keeping.empty_catalogue("ar")
    catalogue.add(("%(count)d reply", "%(count)d replies"), string=forms)
    return catalogue


def test_arabic_needs_all_of_its_six_plural_forms() -> None:
    assert keeping.untranslated(arabic(*ARABIC_FORMS)) == []
    assert keeping.untranslated(arabic(*ARABIC_FORMS[:2])) != []
    assert keeping.untranslated(arabic(*ARABIC_FORMS[:5], "")) != []


def test_only_a_form_for_a_single_number_may_have_it_in_words() -> None:
    assert keeping.misplaced_parts(arabic(*ARABIC_FORMS)) == []
    assert keeping.misplaced_parts(arabic(*ARABIC_FORMS[:5], "رد")) != []
    assert keeping.misplaced_parts(arabic("<b>لا ردود</b>", *ARABIC_FORMS[1:])) != []


@pytest.mark.parametrize("language", CATALOGUES)
def test_translations_have_no_break_spaces(language: str) -> None:
    for message in keeping.read(language, CATALOGUES[language]):
        translations: Any = (message.string,) if isinstance(message.string, str) else message.string
        for each in translations if message.id else ():
            assert each == typeset_html(each, language), "python -m tests.catalogue sets the spaces"


@pytest.mark.parametrize("language", CATALOGUES)
def test_the_compiled_catalogue_is_current(language: str, tmp_path: Path) -> None:
    catalogue = keeping.read(language, CATALOGUES[language])
    compiled = CATALOGUES[language].with_suffix(".mo").read_bytes()
    assert keeping.as_mo(catalogue) == compiled, "python -m tests.catalogue compiles it"


def test_a_language_without_a_catalogue_changes_nothing() -> None:
    with use_language("fr"):
        assert translation.gettext("Back to top") == "Retour en haut"
        with use_language("ja"):
            assert interface_language() == "fr"
        with use_language("fr-ca"):
            assert interface_language() == "fr"
    assert interface_language() == "en"


def test_templates_have_no_untranslated_text() -> None:
    assert list(untranslated_texts()) == []
