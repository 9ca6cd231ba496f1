"""The body's cleaning on many more texts than a quick test takes: shape, safety, words, time."""

import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from articles.body.plain_text import plain_text
from articles.body.rendering import render
from articles.body.sanitiser import clean, clean_caption
from tests.articles.body.markup import MARKUP, dangers_in, fuzzing_tokens, payloads
from tests.proofs.size import sized

pytestmark = pytest.mark.proof

LIMIT = 1_000_000
"""Characters; the most a form lets through."""

many = settings(
    max_examples=sized(300, 10_000), deadline=None, suppress_health_check=list(HealthCheck)
)


def _holds(html: str) -> None:
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
def test_no_markup_breaks_the_shape_or_runs(html: str) -> None:
    _holds(html)


@many
@given(st.data())
def test_no_mixture_of_attacks_and_tokens_runs(data: st.DataObject) -> None:
    parts = st.sampled_from(
        [*fuzzing_tokens(), *payloads(), "<figure data-image=7>", "<td>", "<li>"]
    )
    _holds("".join(data.draw(st.lists(parts, max_size=20))))


@pytest.mark.parametrize(
    "piece",
    [
        "<p>Some words &amp; more, <b>bold</b>.</p>",
        "words ",
        "<",
        "&amp;",
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
def test_the_longest_text_of_any_kind_is_cleaned_in_seconds(piece: str) -> None:
    size = sized(LIMIT // 10, LIMIT)
    text = piece * (size // len(piece))
    started = time.monotonic()
    cleaned = clean(text)
    assert time.monotonic() - started < 30
    assert clean(cleaned) == cleaned
