"""The interface's words in every language it speaks."""

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
FILLED_IN = re.compile(r"%\(\w+\)[sd]|<[^>]*>")


def test_there_is_a_catalogue_for_every_language_besides_english() -> None:
    assert set(CATALOGUES) | {"en"} == {code for code, _name in settings.LANGUAGES}


@pytest.mark.parametrize("language", CATALOGUES)
def test_everything_is_translated_and_nothing_else_is_in_the_catalogue(language: str) -> None:
    catalogue = keeping.read(language, CATALOGUES[language])
    wanted = {message.key for message in collect().places}
    there = {
        (message.context or "", message.id if isinstance(message.id, str) else message.id[0])
        for message in catalogue
        if message.id
    }
    assert wanted - there == set(), "python -m tests.catalogue puts them in"
    assert there - wanted == set(), "python -m tests.catalogue takes them out"
    assert keeping.untranslated(catalogue) == []


@pytest.mark.parametrize("language", CATALOGUES)
def test_a_translation_keeps_what_is_filled_in_and_its_markup(language: str) -> None:
    for message in keeping.read(language, CATALOGUES[language]):
        ids: Any = (message.id,) if isinstance(message.id, str) else message.id
        said: Any = (message.string,) if isinstance(message.string, str) else message.string
        if message.id:
            parts = set(FILLED_IN.findall(ids[-1]))
            assert all(set(FILLED_IN.findall(each)) == parts for each in said), message.id


@pytest.mark.parametrize("language", CATALOGUES)
def test_no_line_of_a_translation_begins_with_its_punctuation(language: str) -> None:
    for message in keeping.read(language, CATALOGUES[language]):
        said: Any = (message.string,) if isinstance(message.string, str) else message.string
        for each in said if message.id else ():
            assert each == typeset_html(each, language), "python -m tests.catalogue sets the spaces"


@pytest.mark.parametrize("language", CATALOGUES)
def test_what_django_reads_is_what_translators_wrote(language: str, tmp_path: Path) -> None:
    catalogue = keeping.read(language, CATALOGUES[language])
    written = CATALOGUES[language].with_suffix(".mo").read_bytes()
    assert keeping.as_mo(catalogue) == written, "python -m tests.catalogue makes it again"


def test_a_language_without_a_catalogue_leaves_the_interface_as_it_is() -> None:
    with use_language("fr"):
        assert translation.gettext("Back to top") == "Retour en haut"
        with use_language("ja"):
            assert interface_language() == "fr"
        with use_language("fr-ca"):
            assert interface_language() == "fr"
    assert interface_language() == "en"


def test_words_are_found_where_templates_hide_them() -> None:
    source = (
        "{% block a %}{% if b %}{% translate 'one' %}{% endif %}{% endblock %}"
        "{% blocktranslate count n=n %}{{ n }} thing{% plural %}{{ n }} things{% endblocktranslate %}"
    )
    found = [(each.singular, each.plural) for each in of_template(source)]
    assert found == [("one", ""), ("%(n)s thing", "%(n)s things")]


def test_no_template_says_anything_that_cannot_be_translated() -> None:
    assert list(unsaid()) == []


def test_words_outside_of_the_catalogue_are_found_in_text_and_attributes() -> None:
    source = (
        '<p {% if a %}class="b"{% endif %}>{% translate "Said" %} <b>Not said</b></p>'
        '<input placeholder="Nor this" value="{{ b }}" name="c">'
    )
    assert list(words_outside(source)) == ["Nor this", "Not said"]
