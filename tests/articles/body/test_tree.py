"""The plain text of a body."""

from hypothesis import given

from articles.body.rendering import plain_text
from articles.body.sanitiser import clean
from articles.body.tree import caption_text
from tests.articles.body.markup import MARKUP

BODY = (
    "<h2>Ports</h2><p>Traffic<br>fell<span data-footnote='By a third.'></span>.</p>"
    "<ul><li>Aden<ul><li>inner</li></ul></li></ul>"
    "<figure data-image='2'><figcaption>A <em>quay</em></figcaption></figure>"
)


def test_each_block_is_a_line_and_notes_come_last() -> None:
    assert plain_text(BODY).split("\n") == [
        "Ports",
        "Traffic",
        "fell.",
        "Aden",
        "inner",
        "A quay",
        "By a third.",
    ]


def test_captions_can_be_left_out() -> None:
    assert "quay" not in plain_text(BODY, captions=False)


@given(MARKUP)
def test_plain_text_contains_no_markup(html: str) -> None:
    text = plain_text(clean(html))
    assert all(line and line == " ".join(line.split()) for line in text.split("\n") if text)


def test_a_caption_becomes_plain_text() -> None:
    assert caption_text("A <em>quay</em> &amp; more") == "A quay & more"
