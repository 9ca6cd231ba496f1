"""Sanitising the editors' HTML and converting it to plain text."""

import re

import pytest
from hypothesis import given
from hypothesis import strategies as some

from newsletter.email import editor_html
from newsletter.email.rendering import compose
from newsletter.models import Issue, Newsletter


@pytest.mark.parametrize(
    ("html", "rendered"),
    [
        ("<p>One</p><p>Two</p>", "One\n\nTwo"),
        ("<p>One<br>Two</p>", "One\nTwo"),
        ("loose <b>words</b><ul><li>a</li><li>b</li></ul>tail", "loose words\n\n– a\n– b\n\ntail"),
        ("<ol><li>a</li><li>b</li></ol>", "1. a\n2. b"),
        (
            '<p>See <a href="https://example.org/x">the note</a>.</p>',
            "See the note (https://example.org/x).",
        ),
        ('<p><a href="https://example.org/">https://example.org</a></p>', "https://example.org"),
        ("<p></p><p>  </p>", ""),
        ("", ""),
    ],
)
def test_editor_html_becomes_readable_plain_text(html: str, rendered: str) -> None:
    assert editor_html.as_plain_text(html) == rendered


@given(some.text(max_size=200))
def test_cleaning_is_idempotent_and_plain_text_never_fails(typed: str) -> None:
    once = editor_html.clean(typed)
    assert editor_html.clean(once) == once
    assert all(
        len(line) <= 72 or " " not in line.strip()
        for line in editor_html.as_plain_text(once).split("\n")
    )


@pytest.mark.parametrize(
    "typed",
    [
        '<a href="javascript:alert(1)">x</a>',
        "<script>alert(1)</script>x",
        '<p onclick="alert(1)" style="color:red">x</p>',
        '<img src="x" onerror="alert(1)">x',
        "<svg onload=alert(1)>x",
    ],
)
def test_no_script_survives_cleaning(typed: str) -> None:
    cleaned = editor_html.clean(typed)
    assert not re.search(r"script|onclick|style|onerror|onload|<img|<svg", cleaned)


def test_text_without_markup_gets_paragraphs() -> None:
    """The field is a textarea without JavaScript."""
    assert editor_html.clean("R&D\r\nline\r\n\r\nsecond") == "<p>R&amp;D<br>line</p><p>second</p>"


@pytest.mark.django_db
def test_a_mail_is_in_the_language_of_its_newsletter() -> None:
    french = Newsletter.objects.create(name="La lettre", slug="lettre", language="fr")
    draft = Issue.objects.create(newsletter=french, subject="Novembre", slug="novembre")
    rendered = compose(draft)
    assert "Se désabonner" in rendered.text
    assert "Lire dans le navigateur" in rendered.html
    english = Newsletter.objects.create(name="The letter", slug="letter", language="en")
    draft = Issue.objects.create(newsletter=english, subject="May", slug="may")
    assert "View in browser" in compose(draft).text
