"""The translations of the interface."""

import re
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings
from django.utils import translation

from iria.core.text.language import interface_language, use_language
from iria.core.text.typography import typeset_html
from tests.catalogue import keeping
from tests.catalogue.collecting import collect, of_template
from tests.catalogue.unsaid import unsaid, words_outside

CATALOGUES = dict(keeping.catalogues())
PLACEHOLDERS = re.compile(r"%\(\w+\)[sd]|<[^>]*>")


def test_there_is_a_catalogue_for_every_language_besides_english() -> None:
    assert set(CATALOGUES) | {"en"} == {code for code, _name in settings.LANGUAGES}


@pytest.mark.parametrize("language", CATALOGUES)
def test_the_catalogue_has_exactly_the_texts_of_the_interface(language: str) -> None:
    catalogue = keeping.read(language, CATALOGUES[language])
    expected = {message.key for message in collect().places}
    existing = {
        (message.context or "", message.id if isinstance(message.id, str) else message.id[0])
        for message in catalogue
        if message.id
    }
    assert expected - existing == set(), "python -m tests.catalogue adds them"
    assert existing - expected == set(), "python -m tests.catalogue removes them"
    assert keeping.untranslated(catalogue) == []


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_translation_has_the_same_placeholders_and_markup(language: str) -> None:
    for message in keeping.read(language, CATALOGUES[language]):
        ids: Any = (message.id,) if isinstance(message.id, str) else message.id
        translations: Any = (message.string,) if isinstance(message.string, str) else message.string
        if message.id:
            parts = set(PLACEHOLDERS.findall(ids[-1]))
            assert all(set(PLACEHOLDERS.findall(each)) == parts for each in translations), (
                message.id
            )


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


def test_texts_in_nested_template_tags_are_found() -> None:
    source = (
        "{% block a %}{% if b %}{% translate 'one' %}{% endif %}{% endblock %}"
        "{% blocktranslate count n=n %}{{ n }} thing{% plural %}{{ n }} things{% endblocktranslate %}"
    )
    found = [(each.singular, each.plural) for each in of_template(source)]
    assert found == [("one", ""), ("%(n)s thing", "%(n)s things")]


def test_templates_have_no_untranslated_text() -> None:
    assert list(unsaid()) == []


def test_untranslated_text_and_attributes_are_found() -> None:
    source = (
        '<p {% if a %}class="b"{% endif %}>{% translate "Said" %} <b>Not said</b></p>'
        '<input placeholder="Nor this" value="{{ b }}" name="c">'
    )
    assert list(words_outside(source)) == ["Nor this", "Not said"]
