"""No-break spaces at French punctuation."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from iria.core.text.typography import french_spaces, typeset, typeset_html

N, B = "\u202f", "\u00a0"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Pourquoi ?", f"Pourquoi{N}?"),
        ("Non ; jamais !", f"Non{N}; jamais{N}!"),
        ("Quoi ?! Vraiment ???", f"Quoi{N}?! Vraiment{N}???"),
        ("« Assez », dit-il", f"«{N}Assez{N}», dit-il"),
        ("« Assez ? »", f"«{N}Assez{N}?{N}»"),
        ("Trois pays : le Mali", f"Trois pays{B}: le Mali"),
        ("Il dit : « Oui »", f"Il dit{B}: «{N}Oui{N}»"),
        ("(vraiment ?)", f"(vraiment{N}?)"),
        ("fin ?\nsuite", f"fin{N}?\nsuite"),
        ("mot\n!", f"mot{N}!"),
    ],
)
def test_a_typed_space_before_punctuation_does_not_break(typed: str, shown: str) -> None:
    assert french_spaces(typed) == shown
    assert french_spaces(shown) == shown


@pytest.mark.parametrize(
    "text",
    [
        f"Déjà{B}? Ou{N}! «{B}Ici{B}»",
        "À 10:30, ou à 10 h 30",
        "https://exemple.fr/?a=1;b=2",
        "Merci :) et ;-) ou :D",
        "a != b",
        "Quoi? Non!",
        "un tiret - ici",
        "tag :important",
    ],
)
def test_other_text_is_unchanged(text: str) -> None:
    assert french_spaces(text) == text


def test_only_french_text_is_changed() -> None:
    assert typeset("Pourquoi ?", "en") == "Pourquoi ?"
    assert typeset("Pourquoi ?", "fr-ca") == f"Pourquoi{N}?"
    assert typeset_html("<p>Why ?</p>", "en") == "<p>Why ?</p>"


def test_tags_attributes_and_code_are_unchanged() -> None:
    html = (
        '<p title="a ; b > c">Oui ! <em>Non</em> ? <a href="/?q=a ;b">là</a> :</p>'
        "<pre>x ; y !</pre><p><code>a ? b : c</code> ; fin</p><!-- ah ! -->"
    )
    assert typeset_html(html, "fr") == (
        f'<p title="a ; b > c">Oui{N}! <em>Non</em>{N}? <a href="/?q=a ;b">là</a>{B}:</p>'
        f"<pre>x ; y !</pre><p><code>a ? b : c</code>{N}; fin</p><!-- ah ! -->"
    )


def test_the_lang_attribute_is_respected() -> None:
    html = '<p>Il dit : <span lang="en">Why ?<br>So !</span> Ah !</p>'
    assert typeset_html(html, "fr") == (
        f'<p>Il dit{B}: <span lang="en">Why ?<br>So !</span> Ah{N}!</p>'
    )
    assert typeset_html('<p lang="fr">Ah !</p><p>Why ?</p>', "en") == (
        f'<p lang="fr">Ah{N}!</p><p>Why ?</p>'
    )


def test_character_references_are_not_punctuation() -> None:
    assert typeset_html("<p>a &amp; b &lt; c</p>", "fr") == "<p>a &amp; b &lt; c</p>"


@given(st.text(alphabet="ab <>/\"'=«» ;:!?\u00a0\u202f&\n-code"))
def test_only_spaces_change(text: str) -> None:
    for shown in (french_spaces(text), typeset_html(text, "fr")):
        assert re.sub(r"[\s\u202f]+", "", shown) == re.sub(r"[\s\u202f]+", "", text)
