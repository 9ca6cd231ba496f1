"""Sanitising a body."""

import re
import time

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.body.captions import clean_caption
from articles.body.sanitiser import clean, stored_elements
from tests.articles.body.markup import MARKUP, dangers_in, fuzzing_tokens, payloads
from tests.proofs.size import sized


@given(MARKUP)
def test_sanitising_twice_changes_nothing(html: str) -> None:
    assert clean(clean(html)) == clean(html)
    assert clean_caption(clean_caption(html)) == clean_caption(html)


@given(MARKUP)
def test_a_browser_parses_exactly_the_sanitised_markup(html: str) -> None:
    """An HTML5 parser that reads and serialises sanitised markup does not change it."""
    cleaned = clean(html)
    elements = stored_elements()
    browser = nh3.Cleaner(
        tags=set(elements),
        attributes={tag: set(names) for tag, names in elements.items()},
        link_rel=None,
    )
    assert browser.clean(cleaned) == cleaned


@given(MARKUP)
def test_sanitised_markup_contains_no_script(html: str) -> None:
    assert dangers_in(clean(html)) == []
    assert dangers_in(clean_caption(html)) == []


@given(st.text())
def test_any_text_can_be_sanitised(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert "\x00" not in clean(text)


def test_no_known_attack_survives() -> None:
    for payload in payloads():
        assert dangers_in(clean(payload)) == [], payload
        assert dangers_in(clean_caption(payload)) == [], payload


@settings(max_examples=sized(100, 300))
@given(st.data())
def test_no_combination_of_fuzzing_tokens_and_attacks_survives(data: st.DataObject) -> None:
    parts = st.sampled_from(fuzzing_tokens() + payloads())
    html = "".join(data.draw(st.lists(parts, max_size=12)))
    assert dangers_in(clean(html)) == []
    assert clean(clean(html)) == clean(html)


@given(st.lists(st.from_regex(r"[a-z]{3,9}", fullmatch=True), min_size=1, max_size=8), st.data())
def test_no_text_is_lost_whatever_the_markup_around_it(
    words: list[str], data: st.DataObject
) -> None:
    around = st.sampled_from(["p", "div", "h1", "li", "td", "b", "font", "blockquote", "figure"])
    html = "".join(f"<{data.draw(around)}>{word} " for word in words)
    left = re.sub(r"<[^>]*>", " ", clean(html)).split()
    assert sorted(left) == sorted(words)


def test_valid_figures_and_footnotes_are_not_changed() -> None:
    figure = (
        '<figure data-image="12" data-width="wide">'
        '<figcaption>Cranes at <em>dusk</em>, seen from <a href="/port/">the port</a></figcaption>'
        "</figure>"
    )
    note = '<p>So it was said<span data-footnote="In &quot;The Quay&quot;, p. 4."></span>.</p>'
    assert clean(f"{figure}\n{note}") == f"{figure}\n{note}"


def test_deeply_nested_markup_is_flattened_and_keeps_its_text() -> None:
    cleaned = clean("<ul><li>" * 3000 + "the innermost word")
    assert "the innermost word" in cleaned
    assert cleaned.count("<ul>") < 20


def test_extremely_deep_nesting_is_sanitised_quickly() -> None:
    started = time.process_time()
    assert clean("<div>" * 150_000 + "the innermost word") == "<p>the innermost word</p>"
    assert time.process_time() - started < 5


def test_plain_text_is_split_into_paragraphs_at_blank_lines() -> None:
    assert clean("First words\nof one.\n\nThen & others.") == (
        "<p>First words of one.</p>\n<p>Then &amp; others.</p>"
    )


def test_a_row_of_header_cells_becomes_the_table_head() -> None:
    cleaned = clean("<table><tr><th>Port<th>Calls<tr><td><p>Aden</p><td>12</table>")
    assert cleaned == (
        "<table><thead><tr><th>Port</th><th>Calls</th></tr></thead>"
        "<tbody><tr><td>Aden</td><td>12</td></tr></tbody></table>"
    )


@pytest.mark.parametrize("url", ["https://example.org/", "mailto:desk@example.org", "/about/"])
def test_a_valid_link_is_kept(url: str) -> None:
    assert clean(f'<p><a href="{url}">there</a></p>') == f'<p><a href="{url}">there</a></p>'


@pytest.mark.parametrize("url", ["javascript:alert(1)", "data:text/html,x", "file:///etc"])
def test_an_unsafe_link_leaves_only_its_text(url: str) -> None:
    assert clean(f'<p><a href="{url}">there</a></p>') == "<p>there</p>"


def test_a_caption_is_one_line_of_text() -> None:
    assert clean_caption("<p>At <b>dusk</b></p><p>by the quay</p><script>alert(1)</script>") == (
        "At <strong>dusk</strong> by the quay"
    )
