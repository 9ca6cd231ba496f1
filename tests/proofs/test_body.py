"""The sanitiser on many texts: structure, safety, text and time."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.body.rendering import render
from articles.body.sanitiser import clean, clean_caption
from articles.body.tree import plain_text
from tests.articles.body.markup import MARKUP, dangers_in, fuzzing_tokens, payloads
from tests.proofs.size import sized

pytestmark = pytest.mark.proof

LIMIT = 1_000_000
"""Characters, the maximum of the form."""

many = settings(
    max_examples=sized(300, 10_000), deadline=None, suppress_health_check=list(HealthCheck)
)


def _check(html: str) -> None:
    cleaned = clean(html)
    assert clean(cleaned) == cleaned
    assert dangers_in(cleaned) == []
    assert dangers_in(render(cleaned, lambda use: "<figure>drawn</figure>")) == []
    plain_text(cleaned)
    caption = clean_caption(html)
    assert clean_caption(caption) == caption
    assert dangers_in(caption) == []


@many
@given(MARKUP)
def test_sanitised_markup_is_stable_and_safe(html: str) -> None:
    _check(html)


@many
@given(st.data())
def test_mixtures_of_attacks_and_tokens_are_safe(data: st.DataObject) -> None:
    parts = st.sampled_from(
        [*fuzzing_tokens(), *payloads(), "<figure data-image=7>", "<td>", "<li>"]
    )
    _check("".join(data.draw(st.lists(parts, max_size=20))))


@pytest.mark.parametrize(
    "piece",
    [
        "<p>Some words &amp; more, <b>bold</b>.</p>",
        "words ",
        "<",
        "&",
        "&amp;",
        "«",
        "&nbsp;",
        "<b>",
        "<div>",
        "<blockquote>",
        "<a href=x>",
        "<ul><li>",
        "<figure data-image=3>x</figure>",
        "<table><tr><td>",
        "<i><p>",
        "\n\n",
        "<br>",
        '<span data-footnote="x">',
        "<!--",
    ],
)
def test_the_longest_text_is_sanitised_in_seconds(piece: str) -> None:
    size = sized(LIMIT // 10, LIMIT)
    text = piece * (size // len(piece))
    started = time.monotonic()
    cleaned = clean(text)
    assert time.monotonic() - started < 30
    assert clean(cleaned) == cleaned
