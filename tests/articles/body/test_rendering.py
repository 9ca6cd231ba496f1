"""Rendering a stored body."""

import re

from hypothesis import given
from hypothesis import strategies as st

from articles.body.blocks.images import FigureUse, figures_in
from articles.body.registry import Labels
from articles.body.rendering import draw, render
from articles.body.sanitiser import clean
from iria.core.text.languages import language_of
from tests.articles.body.markup import MARKUP, dangers_in


def drawn(use: FigureUse) -> str:
    return f'<figure class="drawn-{use.image_id}"><picture><source srcset="a"><img src="b"></picture></figure>'


@given(MARKUP)
def test_any_body_can_be_rendered_and_runs_no_script(html: str) -> None:
    assert dangers_in(render(clean(html), {"image": drawn})) == []


@given(st.text() | MARKUP)
def test_an_unsanitised_body_can_be_rendered_too(text: str) -> None:
    render(text, {"image": drawn})


@given(MARKUP)
def test_every_figure_of_the_body_is_rendered(html: str) -> None:
    body = clean(html)
    assert render(body, {"image": drawn}).count('class="drawn-') == len(figures_in(body))


def test_the_markup_of_a_figure_is_not_changed() -> None:
    body = (
        '<p>Before</p><figure data-image="3"><figcaption>A quay</figcaption></figure><p>After</p>'
    )
    use = FigureUse(3, "A quay")
    assert render(body, {"image": drawn}) == f"<p>Before</p>{drawn(use)}<p>After</p>"


def test_a_hidden_image_leaves_nothing_behind() -> None:
    body = (
        '<p>Before</p><figure data-image="3"><figcaption>A quay</figcaption></figure><p>After</p>'
    )
    assert render(body, {}) == "<p>Before</p><p>After</p>"


def test_footnotes_are_numbered_and_linked_both_ways() -> None:
    body = (
        '<p>One<span data-footnote="First."></span> two<span data-footnote="2 &lt; 3"></span></p>'
    )
    html = render(body, {"image": drawn}, labels=Labels(*language_of("fr").labels))
    for number in (1, 2):
        assert f'href="#note-{number}" id="note-mark-{number}"' in html
        assert f'<li id="note-{number}">' in html
        assert f'href="#note-mark-{number}"' in html
    assert "2 &lt; 3" in html
    assert "Retour au texte" in html


def test_labels_are_in_the_language_of_the_body() -> None:
    assert language_of("de").labels[0] == "Anmerkungen"
    assert language_of("pt-br").labels[0] == "Notas"
    assert language_of("xx").labels[0] == "Notes"


def test_a_wide_table_scrolls_in_its_own_container() -> None:
    html = render(
        "<table><thead><tr><th>Port</th></tr></thead><tbody><tr><td>1</td></tr></tbody></table>",
        {"image": drawn},
    )
    assert re.search(r'<div class="table-scroll"[^>]*tabindex="0"[^>]*><table>', html)
    assert '<th scope="col">' in html


def test_headings_get_anchors_from_their_text_and_keep_existing_ones() -> None:
    body = "<h2>Who pays</h2><h3>Who pays</h3><h2 id='kept'>Then</h2><h2>من يدفع؟</h2><h2>…</h2>"
    drawn = draw(body, {})
    assert [(each.level, each.anchor) for each in drawn.headings] == [
        (2, "h-who-pays"),
        (3, "h-who-pays-2"),
        (2, "kept"),
        (2, "h-من-يدفع"),
        (2, "h-part"),
    ]
    assert '<h2 id="h-who-pays">Who pays</h2>' in drawn.html


def test_links_are_listed_in_the_order_of_the_text() -> None:
    body = (
        '<p><a href="https://a.example/?b=1&amp;c=2">a</a><span data-footnote="note"></span>'
        '<a href="/2026/03/b/">b</a></p>'
    )
    drawn = draw(body, {})
    assert drawn.links == ["https://a.example/?b=1&c=2", "/2026/03/b/"]


def test_several_tables_have_different_labels() -> None:
    table = "<table><tbody><tr><td>1</td></tr></tbody></table>"
    assert 'aria-label="Table"' in render(table, {})
    two = render(table * 2, {})
    assert 'aria-label="Table 1"' in two
    assert 'aria-label="Table 2"' in two
