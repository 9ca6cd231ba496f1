"""Embeds in a body: an https URL and a title, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.body.embed_urls import normalise_url
from articles.body.embeds import EmbedUse, embeds_in
from articles.body.plain_text import plain_text
from articles.body.rendering import render
from articles.body.sanitiser import clean
from tests.articles.body.markup import dangers_in

FILM = "https://www.youtube.com/watch?v=abc&amp;t=3"
BODY = f'<figure data-embed="{FILM}"><figcaption>The strait</figcaption></figure>'


def test_sanitising_an_embed_again_does_not_change_it() -> None:
    assert clean(BODY) == BODY
    assert clean(clean(BODY)) == BODY
    assert embeds_in(BODY) == [EmbedUse("https://www.youtube.com/watch?v=abc&t=3", "The strait")]


@pytest.mark.parametrize(
    "url",
    [
        "javascript:alert(1)",
        "java\tscript:alert(1)",
        "http://example.org/",
        "//example.org/",
        "data:text/html,x",
        "https://",
        "https://user:secret@example.org/",
        "https://example.org:8443/",
        "https://exam ple.org/",
        "https://example.org\\@evil.example/",
        "https://localhost/",
        "https://127.0.0.1/",
        "https://[::1]/",
        "https://example.org/\u202egpj.exe",
        "https://exämple.org/",
        "https://example.org/" + "a" * 500,
        "",
    ],
)
def test_an_embed_with_an_invalid_url_becomes_its_text(url: str) -> None:
    assert normalise_url(url) is None
    body = clean(f'<figure data-embed="{url}"><figcaption>The strait</figcaption></figure>')
    assert body == "<p>The strait</p>"


@pytest.mark.parametrize(
    ("entered", "expected"),
    [
        ("HTTPS://Example.ORG/A?b=C", "https://example.org/A?b=C"),
        ("https://example.org", "https://example.org/"),
        (" https://example.org/é\"'<> ", None),
        ("https://example.org/é", "https://example.org/%C3%A9"),
        ("https://example.org/\"onload='x'<b>", "https://example.org/%22onload=%27x%27%3Cb%3E"),
    ],
)
def test_a_url_is_normalised(entered: str, expected: str | None) -> None:
    if expected is not None:
        assert normalise_url(entered) == expected
        assert normalise_url(expected) == expected


@given(st.text(max_size=60))
def test_normalising_any_text_returns_a_safe_url_or_none(text: str) -> None:
    for url in (normalise_url(text), normalise_url(f"https://example.org/{text}")):
        if url is not None:
            assert url.startswith("https://")
            assert not set(url) & set("\"'<> \\\n\t")
            assert normalise_url(url) == url


def test_without_a_frame_it_is_a_card_with_title_link_and_host() -> None:
    html = render(BODY, lambda use: "")
    assert f'<a href="{FILM}">The strait</a>' in html
    assert "(youtube.com)" in html
    assert dangers_in(html) == []


def test_without_a_title_the_card_shows_the_url() -> None:
    html = render('<figure data-embed="https://vimeo.com/7"></figure>', lambda use: "")
    assert '<a href="https://vimeo.com/7">vimeo.com/7</a></p>' in html


def test_an_image_is_never_an_embed() -> None:
    body = clean(
        '<figure data-image="3" data-embed="https://vimeo.com/7"><figcaption>A</figcaption></figure>'
    )
    assert body == '<figure data-image="3"><figcaption>A</figcaption></figure>'


def test_the_title_is_part_of_the_plain_text() -> None:
    assert plain_text(f"<p>Before</p>{BODY}") == "Before\nThe strait"
