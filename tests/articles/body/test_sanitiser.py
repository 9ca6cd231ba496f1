"""What is left of a body when it is saved."""

import re
import time

import nh3
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from articles.body.sanitiser import ATTRIBUTES, TAGS, clean, clean_caption
from tests.articles.body.markup import MARKUP, dangers_in, fuzzing_tokens, payloads


@given(MARKUP)
def test_cleaning_twice_changes_nothing(html: str) -> None:
    assert clean(clean(html)) == clean(html)
    assert clean_caption(clean_caption(html)) == clean_caption(html)


@given(MARKUP)
def test_a_browser_finds_exactly_what_was_cleaned(html: str) -> None:
    """Read by an HTML5 parser and written again, clean markup stays as it is."""
    cleaned = clean(html)
    browser = nh3.Cleaner(
        tags=set(TAGS),
        attributes={tag: set(names) for tag, names in ATTRIBUTES.items()},
        link_rel=None,
    )
    assert browser.clean(cleaned) == cleaned


@given(MARKUP)
def test_nothing_that_runs_is_left(html: str) -> None:
    assert dangers_in(clean(html)) == []
    assert dangers_in(clean_caption(html)) == []


@given(st.text())
def test_any_text_at_all_can_be_cleaned(text: str) -> None:
    assert clean(clean(text)) == clean(text)
    assert "\x00" not in clean(text)


def test_no_known_attack_survives() -> None:
    for payload in payloads():
        assert dangers_in(clean(payload)) == [], payload
        assert dangers_in(clean_caption(payload)) == [], payload


@settings(max_examples=300)
@given(st.data())
def test_no_mixture_of_fuzzing_tokens_and_attacks_survives(data: st.DataObject) -> None:
    parts = st.sampled_from(fuzzing_tokens() + payloads())
    html = "".join(data.draw(st.lists(parts, max_size=12)))
    assert dangers_in(clean(html)) == []
    assert clean(clean(html)) == clean(html)


@given(st.lists(st.from_regex(r"[a-z]{3,9}", fullmatch=True), min_size=1, max_size=8), st.data())
def test_no_word_is_lost_whatever_stands_around_it(words: list[str], data: st.DataObject) -> None:
    around = st.sampled_from(["p", "div", "h1", "li", "td", "b", "font", "blockquote", "figure"])
    html = "".join(f"<{data.draw(around)}>{word} " for word in words)
    left = re.sub(r"<[^>]*>", " ", clean(html)).split()
    assert sorted(left) == sorted(words)


def test_a_figure_and_a_footnote_keep_their_form_to_the_letter() -> None:
    figure = (
        '<figure data-image="12" data-width="wide">'
        '<figcaption>Cranes at <em>dusk</em>, seen from <a href="/port/">the port</a></figcaption>'
        "</figure>"
    )
    note = '<p>So it was said<span data-footnote="In &quot;The Quay&quot;, p. 4."></span>.</p>'
    assert clean(f"{figure}\n{note}") == f"{figure}\n{note}"


def test_a_deep_nest_keeps_its_words_and_loses_its_depth() -> None:
    cleaned = clean("<ul><li>" * 3000 + "the innermost word")
    assert "the innermost word" in cleaned
    assert cleaned.count("<ul>") < 20


def test_a_bottomless_nest_does_not_keep_the_server_busy() -> None:
    started = time.monotonic()
    assert clean("<div>" * 150_000 + "the innermost word") == "<p>the innermost word</p>"
    assert time.monotonic() - started < 5


def test_plain_text_becomes_paragraphs_at_blank_lines() -> None:
    assert clean("First words\nof one.\n\nThen & others.") == (
        "<p>First words of one.</p>\n<p>Then &amp; others.</p>"
    )


def test_a_row_of_headings_becomes_the_head_of_its_table() -> None:
    cleaned = clean("<table><tr><th>Port<th>Calls<tr><td><p>Aden</p><td>12</table>")
    assert cleaned == (
        "<table><thead><tr><th>Port</th><th>Calls</th></tr></thead>"
        "<tbody><tr><td>Aden</td><td>12</td></tr></tbody></table>"
    )


@pytest.mark.parametrize("address", ["https://example.org/", "mailto:desk@example.org", "/about/"])
def test_a_link_that_leads_somewhere_stays(address: str) -> None:
    assert clean(f'<p><a href="{address}">there</a></p>') == f'<p><a href="{address}">there</a></p>'


@pytest.mark.parametrize("address", ["javascript:alert(1)", "data:text/html,x", "file:///etc"])
def test_a_link_that_leads_nowhere_good_leaves_only_its_words(address: str) -> None:
    assert clean(f'<p><a href="{address}">there</a></p>') == "<p>there</p>"


def test_a_caption_is_one_line_of_words() -> None:
    assert clean_caption("<p>At <b>dusk</b></p><p>by the quay</p><script>alert(1)</script>") == (
        "At <strong>dusk</strong> by the quay"
    )
