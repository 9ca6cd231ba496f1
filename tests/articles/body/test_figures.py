"""Galleries and embeds in a body."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from articles.body.blocks.embeds import EmbedUse, embeds_in
from articles.body.blocks.images import FigureUse, GalleryUse, figures_in
from articles.body.references import normalise_url
from articles.body.rendering import draw, plain_text, render
from articles.body.sanitiser import clean
from tests.articles.body.markup import MARKUP, dangers_in

GALLERY = (
    '<figure data-gallery="" data-width="wide">'
    '<figure data-image="3"><figcaption>A <em>quay</em></figcaption></figure>'
    '<figure data-image="4"><figcaption></figcaption></figure>'
    '<figcaption>Aden, <a href="/about/">before</a> dawn</figcaption></figure>'
)


def test_sanitising_a_gallery_does_not_change_it() -> None:
    assert clean(GALLERY) == GALLERY


def test_a_gallery_in_plain_html_is_normalised() -> None:
    entered = """<figure data-gallery data-width=wide>
      <figcaption>Aden, <a href="/about/">before</a> dawn</figcaption>
      <div><figure data-image="3" data-width="full">A <i>quay</i></figure></div>
      <figure data-gallery><figure data-image="4"></figure></figure>
    </figure>"""
    assert clean(entered) == GALLERY


def test_a_gallery_of_one_image_becomes_a_figure_and_keeps_its_text() -> None:
    entered = (
        "<figure data-gallery data-width=full><figure data-image=3>A quay</figure>"
        "<figcaption>Aden</figcaption></figure>"
    )
    alone = '<figure data-image="3" data-width="full"><figcaption>A quay Aden</figcaption></figure>'
    assert clean(entered) == alone


@pytest.mark.parametrize(
    ("entered", "expected"),
    [
        ("<figure data-gallery><figcaption>Only words</figcaption></figure>", "<p>Only words</p>"),
        (
            (
                "<figure data-gallery><figure data-image=3></figure><table><tr><td>1</td></tr></table>"
                "<figure data-image=4></figure></figure>"
            ),
            (
                '<figure data-gallery=""><figure data-image="3"><figcaption></figcaption></figure>'
                '<figure data-image="4"><figcaption></figcaption></figure><figcaption>1</figcaption></figure>'
            ),
        ),
        (
            (
                '<figure data-gallery><figure data-image=3></figure><figure data-embed="https://vimeo.com/7">'
                "Film</figure><figure data-image=4></figure></figure>"
            ),
            (
                '<figure data-gallery=""><figure data-image="3"><figcaption></figcaption></figure>'
                '<figure data-image="4"><figcaption></figcaption></figure><figcaption></figcaption></figure>\n'
                '<figure data-embed="https://vimeo.com/7"><figcaption>Film</figcaption></figure>'
            ),
        ),
    ],
)
def test_text_that_is_not_allowed_in_a_gallery_is_kept_outside(entered: str, expected: str) -> None:
    assert clean(entered) == expected


@given(st.lists(MARKUP, min_size=1, max_size=4))
def test_sanitising_any_gallery_twice_changes_nothing(parts: list[str]) -> None:
    inner = "<figure data-image=7></figure>".join(parts)
    once = clean(f"<figure data-gallery><figure data-image=8></figure>{inner}</figure>")
    assert clean(once) == once
    assert dangers_in(once) == []
    drawn = render(once, {"image": lambda use: f"<b>{use.image_id}</b>"})
    assert drawn.count("<b>") == len(figures_in(once)) >= 1


def test_every_image_is_a_use_with_its_own_caption_or_the_common_one() -> None:
    body = f'{GALLERY}<figure data-image="5"><figcaption>Alone</figcaption></figure>{GALLERY}'
    shared = 'Aden, <a href="/about/">before</a> dawn'
    assert figures_in(body) == [
        FigureUse(3, "A <em>quay</em>", "wide", 1),
        FigureUse(4, shared, "wide", 1),
        FigureUse(5, "Alone"),
        FigureUse(3, "A <em>quay</em>", "wide", 2),
        FigureUse(4, shared, "wide", 2),
    ]


def test_a_gallery_contains_only_images_that_may_be_shown() -> None:
    seen: list[GalleryUse] = []

    def around(use: GalleryUse) -> str:
        seen.append(use)
        return f"<section>{''.join(map(one, use.images))}{use.caption}</section>"

    def one(use: FigureUse) -> str:
        return "" if use.image_id == 4 else f"<i>{use.image_id}: {use.caption}</i>"

    html = draw(f"<p>Before</p>{GALLERY}<p>After</p>", {"image": one, "gallery": around}).html
    assert html == (
        "<p>Before</p><section><i>3: A <em>quay</em></i>"
        'Aden, <a href="/about/">before</a> dawn</section><p>After</p>'
    )
    assert seen[0].width == "wide"
    assert draw(GALLERY, {}).html == ""


def test_captions_of_a_gallery_are_part_of_the_plain_text() -> None:
    assert plain_text(GALLERY) == "A quay\nAden, before dawn"
    assert plain_text(f"<p>Before</p>{GALLERY}", captions=False) == "Before"


def test_links_to_large_views_are_not_links_of_the_text() -> None:
    way = '<a class="enlarge" href="/2026/03/x/picture/3/"><img></a>'
    assert draw(GALLERY, {"image": lambda use: way}).links == ["/about/"]


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
    html = render(BODY, {})
    assert f'<a href="{FILM}">The strait</a>' in html
    assert "(youtube.com)" in html
    assert dangers_in(html) == []


def test_without_a_title_the_card_shows_the_url() -> None:
    html = render('<figure data-embed="https://vimeo.com/7"></figure>', {})
    assert '<a href="https://vimeo.com/7">vimeo.com/7</a></p>' in html


def test_an_image_is_never_an_embed() -> None:
    body = clean(
        '<figure data-image="3" data-embed="https://vimeo.com/7"><figcaption>A</figcaption></figure>'
    )
    assert body == '<figure data-image="3"><figcaption>A</figcaption></figure>'


def test_the_title_is_part_of_the_plain_text() -> None:
    assert plain_text(f"<p>Before</p>{BODY}") == "Before\nThe strait"
