"""The translations of the interface."""

import shutil
import subprocess
from gettext import GNUTranslations
from io import BytesIO
from pathlib import Path
from typing import Any

import pytest
from babel.messages.catalog import Catalog
from django.conf import settings
from django.utils import translation

from iria.core.text.language import SPOKEN, interface_language, use_language
from iria.core.text.typography import typeset_html
from tests.catalogue import keeping
from tests.catalogue.collecting import Collection, Message, collect, of_template
from tests.catalogue.unsaid import texts_outside_gettext, untranslated_texts

CATALOGUES = dict(keeping.catalogues())


def test_the_interface_uses_exactly_the_languages_with_a_catalogue() -> None:
    assert set(CATALOGUES) | {"en"} == SPOKEN
    assert {code for code, _name in settings.LANGUAGES} >= SPOKEN


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


@pytest.mark.parametrize("language", CATALOGUES)
@pytest.mark.skipif(shutil.which("msgfmt") is None, reason="GNU gettext is not installed")
def test_gnu_gettext_accepts_the_catalogue(language: str) -> None:
    command = ["msgfmt", "--check", "--output-file=/dev/null", str(CATALOGUES[language])]
    checked = subprocess.run(command, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


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


@pytest.mark.parametrize(
    ("language", "forms", "exact"),
    [
        ("ar", 6, {0, 1, 2}),
        ("de", 2, {0}),
        ("es", 2, {0}),
        ("fr", 2, set()),
        ("pt", 2, {0}),
    ],
)
def test_the_plural_forms_of_the_languages_are_known(
    language: str, forms: int, exact: set[int]
) -> None:
    catalogue = keeping.empty_catalogue(language)
    assert (catalogue.num_plurals, keeping.exact_forms(catalogue)) == (forms, exact)


def test_a_new_catalogue_has_room_for_every_plural_form(tmp_path: Path) -> None:
    found = Collection()
    found.add(Message("%(count)d reply", "%(count)d replies"), "templates/x.html")
    new = keeping.updated("ar", tmp_path / "django.po", found)
    written = keeping.as_po(new).decode()
    assert [f"msgstr[{form}]" in written for form in range(7)] == [True] * 6 + [False]
    assert len(keeping.untranslated(new)) == 1
    (tmp_path / "django.po").write_bytes(keeping.as_po(arabic(*ARABIC_FORMS)))
    kept = keeping.updated("ar", tmp_path / "django.po", found)
    assert keeping.untranslated(kept) == []
    compiled = GNUTranslations(BytesIO(keeping.as_mo(kept)))
    for number, text in (
        (2, "ردان"),
        (5, "%(count)d ردود"),
        (11, "%(count)d ردًا"),
        (100, "%(count)d رد"),
    ):
        assert compiled.ngettext("%(count)d reply", "%(count)d replies", number) == text


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
    assert list(untranslated_texts()) == []


def test_untranslated_text_and_attributes_are_found() -> None:
    source = (
        '<p {% if a %}class="b"{% endif %}>{% translate "Said" %} <b>Not said</b></p>'
        '<input placeholder="Nor this" value="{{ b }}" name="c">'
    )
    assert list(texts_outside_gettext(source)) == ["Nor this", "Not said"]
