"""Markup of comments: links, emphasis, quotes and lists, and nothing else."""

import time
from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.body.comment_markup import plain, render_comment

UGC = 'rel="ugc nofollow"'
SITE = '<span class="link-site">(evil.example)</span>'
SEA = "https://example.org/Strait_(sea)"


@pytest.mark.parametrize(
    ("typed", "shown"),
    [
        ("Plain words", "<p>Plain words</p>"),
        ("One\ntwo\n\n\nthree", "<p>One<br>two</p>\n<p>three</p>"),
        ("*so* and _so_ and **so**", "<p><em>so</em> and <em>so</em> and <strong>so</strong></p>"),
        ("2 * 3 * 4, snake_case_name", "<p>2 * 3 * 4, snake_case_name</p>"),
        ("> quoted\n> twice\nmine", "<blockquote><p>quoted<br>twice</p></blockquote>\n<p>mine</p>"),
        ("- one\n- two", "<ul><li>one</li><li>two</li></ul>"),
        ("1. one\n2. *two*", "<ol><li>one</li><li><em>two</em></li></ol>"),
        (
            "See https://example.org/a_b_c.",
            f'<p>See <a href="https://example.org/a_b_c" {UGC}>https://example.org/a_b_c</a>.</p>',
        ),
        (
            "(https://example.org/Strait_(sea))",
            f'<p>(<a href="{SEA}" {UGC}>{SEA}</a>)</p>',
        ),
        (
            "[the bank](https://evil.example/x)",
            f'<p><a href="https://evil.example/x" {UGC}>the bank</a> {SITE}</p>',
        ),
        ("[x](javascript:alert(1))", "<p>[x](javascript:alert(1))</p>"),
        ("<b>bold</b> & *<i>*", "<p>&lt;b&gt;bold&lt;/b&gt; &amp; <em>&lt;i&gt;</em></p>"),
    ],
)
def test_supported_markup_is_rendered(typed: str, shown: str) -> None:
    assert render_comment(typed) == shown


class Elements(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.found: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        self.found.append((tag, dict(attributes)))


ALLOWED = {"p", "br", "em", "strong", "a", "span", "blockquote", "ul", "ol", "li"}


@given(st.text(alphabet="*_[]()<>\"'&:/.- \nahtps>1x\u202e", max_size=120))
def test_any_text_renders_only_allowed_elements_and_nofollow_links(
    typed: str,
) -> None:
    parser = Elements()
    parser.feed(render_comment(typed))
    for tag, attributes in parser.found:
        assert tag in ALLOWED
        assert set(attributes) <= {"href", "rel", "class"}
        if tag == "a":
            assert attributes["rel"] == "ugc nofollow"
            assert str(attributes["href"]).startswith(("http://", "https://"))


@pytest.mark.parametrize(
    "piece", ["*", "**a ", "_a ", "[", "[a](", "> ", "- ", "[a](https://", "1. "]
)
def test_a_text_made_to_be_slow_is_rendered_quickly(piece: str) -> None:
    started = time.process_time()
    render_comment((piece * 5000)[:5000])
    assert time.process_time() - started < 0.25


@pytest.mark.parametrize(
    ("typed", "written"),
    [
        ("It was **very** late, *again* and _again_.", "It was very late, again and again."),
        ("See [the report](https://example.org/r).", "See the report (https://example.org/r)."),
        ("[https://example.org](https://example.org)", "https://example.org"),
        ("https://example.org/a_b_c and a_b_c", "https://example.org/a_b_c and a_b_c"),
        ("> Quoted **words**\n\n- an item\n1. another", "> Quoted words\n\n- an item\n1. another"),
        ("2 * 3 * 4", "2 * 3 * 4"),
        ("**a _b_ c**", "a b c"),
    ],
)
def test_a_plain_text_email_has_no_emphasis_characters(typed: str, written: str) -> None:
    assert plain(typed) == written
