"""A stored body on a page."""

import re

from hypothesis import given
from hypothesis import strategies as st

from articles.body.cleaning import clean
from articles.body.figures import FigureUse, figures_in
from articles.body.rendering import render
from articles.body.wording import wording_of
from tests.articles.body.markup import MARKUP, dangers_in


def drawn(use: FigureUse) -> str:
    return f'<figure class="drawn-{use.image_id}"><picture><source srcset="a"><img src="b"></picture></figure>'


@given(MARKUP)
def test_any_body_can_be_rendered_and_nothing_in_it_runs(html: str) -> None:
    assert dangers_in(render(clean(html), drawn)) == []


@given(st.text() | MARKUP)
def test_even_a_body_that_was_never_cleaned_can_be_rendered(text: str) -> None:
    render(text, drawn)


@given(MARKUP)
def test_as_many_figures_are_drawn_as_the_body_names(html: str) -> None:
    body = clean(html)
    assert render(body, drawn).count('class="drawn-') == len(figures_in(body))


def test_a_figure_is_drawn_exactly_as_given() -> None:
    body = (
        '<p>Before</p><figure data-image="3"><figcaption>A quay</figcaption></figure><p>After</p>'
    )
    use = FigureUse(3, "A quay")
    assert render(body, drawn) == f"<p>Before</p>{drawn(use)}<p>After</p>"


def test_a_picture_that_may_not_be_shown_leaves_nothing_behind() -> None:
    body = (
        '<p>Before</p><figure data-image="3"><figcaption>A quay</figcaption></figure><p>After</p>'
    )
    assert render(body, lambda use: "") == "<p>Before</p><p>After</p>"


def test_footnotes_are_numbered_and_linked_both_ways() -> None:
    body = (
        '<p>One<span data-footnote="First."></span> two<span data-footnote="2 &lt; 3"></span></p>'
    )
    html = render(body, drawn, wording=wording_of("fr"))
    for number in (1, 2):
        assert f'href="#note-{number}" id="note-mark-{number}"' in html
        assert f'<li id="note-{number}">' in html
        assert f'href="#note-mark-{number}"' in html
    assert "2 &lt; 3" in html
    assert "Retour au texte" in html


def test_the_words_around_a_body_follow_its_language() -> None:
    assert wording_of("de").notes == "Anmerkungen"
    assert wording_of("pt-br").notes == "Notas"
    assert wording_of("xx").notes == "Notes"


def test_a_wide_table_scrolls_in_a_box_of_its_own() -> None:
    html = render(
        "<table><thead><tr><th>Port</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>",
        drawn,
    )
    assert re.search(r'<div class="table-scroll"[^>]*tabindex="0"[^>]*><table>', html)
    assert '<th scope="col">' in html
