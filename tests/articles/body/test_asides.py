"""Callouts and pull quotes."""

import pytest

from articles.body.rendering import plain_text, render
from articles.body.sanitiser import clean, safe_body

CALLOUT = (
    '<aside data-callout=""><h3>In numbers</h3><p>Nine <em>ports</em></p>'
    '<ul><li>Aden</li></ul><p>More<span data-footnote="A note"></span></p></aside>'
)
PULL_QUOTE = '<aside data-pull-quote="" lang="fr"><p>La mer</p><p><cite>Ines</cite></p></aside>'


@pytest.mark.parametrize("body", [CALLOUT, PULL_QUOTE])
def test_a_callout_and_a_pull_quote_are_stored_as_they_are(body: str) -> None:
    assert clean(body) == body
    assert safe_body(body) == body


def test_what_a_callout_cannot_contain_comes_after_it() -> None:
    pasted = (
        '<aside data-callout><p>One</p><blockquote>Said</blockquote><figure data-image="7">'
        "<figcaption>A quay</figcaption></figure><p>Two</p></aside>"
    )
    assert clean(pasted).split("\n") == [
        '<aside data-callout=""><p>One</p><p>Two</p></aside>',
        "<blockquote><p>Said</p></blockquote>",
        '<figure data-image="7"><figcaption>A quay</figcaption></figure>',
    ]


def test_a_heading_in_a_pull_quote_becomes_a_paragraph() -> None:
    assert clean("<aside data-pull-quote><h2>The sea</h2></aside>") == (
        '<aside data-pull-quote=""><p>The sea</p></aside>'
    )


def test_boxes_are_neither_nested_nor_inside_other_blocks() -> None:
    assert clean(f"<blockquote>{PULL_QUOTE}</blockquote>") == (
        "<blockquote><p>La mer</p><p><cite>Ines</cite></p></blockquote>"
    )
    assert clean(f"<aside data-callout><p>One</p>{PULL_QUOTE}</aside>") == (
        '<aside data-callout=""><p>One</p><p>La mer</p><p><cite>Ines</cite></p></aside>'
    )


def test_an_empty_box_is_removed() -> None:
    assert clean("<p>One</p><aside data-callout><p> </p></aside>") == "<p>One</p>"


def test_any_other_aside_is_only_its_text() -> None:
    assert clean('<aside class="advert" onclick="alert(1)">Buy<p>now</p></aside>').split("\n") == [
        "<p>Buy</p>",
        "<p>now</p>",
    ]


def test_boxes_copied_from_a_page_of_the_site_stay_boxes() -> None:
    page = render(f"{CALLOUT}\n{PULL_QUOTE}", {})
    assert '<aside class="callout">' in page
    assert '<aside lang="fr" class="pull-quote">' in page
    assert "data-" not in page
    assert PULL_QUOTE in clean(page)


def test_a_pull_quote_from_wordpress_is_one() -> None:
    pasted = (
        '<figure class="wp-block-pullquote"><blockquote><p>The sea</p><cite>Ines</cite>'
        "</blockquote></figure>"
    )
    assert clean(pasted) == (
        '<aside data-pull-quote=""><p>The sea</p><p><cite>Ines</cite></p></aside>'
    )


def test_the_text_of_a_box_is_on_its_own_lines() -> None:
    assert plain_text(f"<p>Before</p>{PULL_QUOTE}<p>After</p>") == "Before\nLa mer\nInes\nAfter"
