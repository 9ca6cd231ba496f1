"""What a page of another site says of itself, however badly it says it."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.embeds import page_metadata
from articles.embeds.page_metadata import LONGEST_TITLE, PageMetadata, from_oembed, from_page

URL = "https://films.example/watch/7"


def title_of(html: str | bytes, content_type: str = "text/html; charset=utf-8") -> str:
    content = html.encode() if isinstance(html, str) else html
    return from_page(content, content_type, URL).title


def test_open_graph_comes_before_the_title_element() -> None:
    html = (
        '<!doctype html><meta property="og:title" content="The strait in March">'
        '<meta property="og:image" content="/stills/7.jpg"><title>Films | 7</title>'
    )
    assert from_page(html.encode(), "text/html", URL) == PageMetadata(
        "The strait in March", "https://films.example/stills/7.jpg"
    )


@pytest.mark.parametrize(
    ("html", "title"),
    [
        ("<title>\n  The\tstrait \n in March </title>", "The strait in March"),
        ("<title>Ships &amp; &lt;b&gt;boats&lt;/b&gt;</title>", "Ships & <b>boats</b>"),
        ('<meta name="twitter:title" content="Boats">', "Boats"),
        ('<meta property="og:title" content=" "><title>Boats</title>', "Boats"),
        ("<title>Bo\x00at\x07s\u202e\u200b</title>", "Boat s"),
        ("<svg><title>Icon</title></svg>", "Icon"),
        ("<title></title>", ""),
        ("no markup at all", ""),
        ("", ""),
        ("<!-- only a comment", ""),
    ],
)
def test_a_title_is_plain_text_on_one_line(html: str, title: str) -> None:
    assert title_of(html) == title


@pytest.mark.parametrize(
    ("content", "content_type"),
    [
        ("<title>Fähre</title>".encode("latin-1"), "text/html; charset=ISO-8859-1"),
        ('<meta charset="windows-1252"><title>Fähre</title>'.encode("cp1252"), "text/html"),
        ("<title>Fähre</title>".encode("utf-16"), "text/html"),
        ("<title>Fähre</title>".encode(), "text/html; charset=no-such-encoding"),
        ("<title>Fähre</title>".encode(), ""),
        ('<?xml version="1.0" encoding="ascii"?><title>Fähre</title>'.encode(), "text/html"),
        ("<title>Fähre\xff</title>".encode("latin-1").replace(b"\xe4", "ä".encode()), "text/html"),
        ("<title>Fähre</title>".encode(), "text/html; charset=rot13"),
    ],
)
def test_a_title_is_read_in_any_encoding_also_a_wrong_one(
    content: bytes, content_type: str
) -> None:
    assert title_of(content, content_type) == "Fähre"


def test_a_title_of_5_mb_is_cut() -> None:
    title = title_of(f"<title>{'word ' * 1_000_000}</title>")
    assert title.startswith("word word")
    assert len(title) <= LONGEST_TITLE


def test_deeply_nested_markup_is_no_problem() -> None:
    assert title_of("<title>Boats</title>" + "<div>" * 100_000) == "Boats"


@pytest.mark.parametrize(
    "image",
    ["data:image/png;base64,AA", "javascript:alert(1)", "file:///etc/passwd", "http://[", ""],
)
def test_an_image_needs_a_web_url(image: str) -> None:
    html = f'<title>Boats</title><meta property="og:image" content="{image}">'
    assert from_page(html.encode(), "text/html", URL).image_url == ""
    answer = json.dumps({"title": "Boats", "thumbnail_url": image}).encode()
    assert from_oembed(answer, URL) == PageMetadata("Boats", "")


@pytest.mark.parametrize(
    "answer", [b"", b"<html>", b"[1]", b'"x"', b"\xff\xfe", b"[" * 100_000, b"null"]
)
def test_an_oembed_response_that_is_none_is_an_error(answer: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - every kind of it
        from_oembed(answer, URL)


def test_values_of_other_types_in_an_oembed_response_are_left_out() -> None:
    answer = json.dumps({"title": ["x"], "thumbnail_url": 7}).encode()
    assert from_oembed(answer, URL) == PageMetadata()


def test_the_providers_from_the_start_have_an_oembed_url() -> None:
    assert page_metadata.oembed_url("https://vimeo.com/7") == (
        "https://vimeo.com/api/oembed.json?url=https%3A%2F%2Fvimeo.com%2F7"
    )
    assert page_metadata.oembed_url("https://www.youtube.com/watch?v=a&t=3").endswith(
        "url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3Da%26t%3D3"
    )
    assert page_metadata.oembed_url("https://vimeo.com.evil.example/7") == ""


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_give_a_short_title_without_control_characters(
    content: bytes, content_type: str
) -> None:
    for page in (content, b"<title>" + content, b'<meta property=og:title content="' + content):
        title = title_of(page, content_type)
        assert len(title) <= LONGEST_TITLE
        assert title.isprintable() or not any(character < " " for character in title)
