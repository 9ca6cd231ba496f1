"""Link cards: fetched once from pages that may be hostile, and shown to readers."""

import json
from collections.abc import Callable
from datetime import timedelta
from io import BytesIO
from typing import Any

import pytest
from django.test import Client
from django.utils import timezone
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image as Pillow
from procrastinate.contrib.django import app

from accounts.models import User
from articles.editorial.versions import drafts
from articles.embeds import link_cards
from articles.embeds.link_cards import MAX_TITLE_LENGTH, PageMetadata, from_oembed, from_page
from articles.embeds.models import EmbedProvider, LinkCard
from articles.embeds.tasks import enqueue_fetch
from articles.pages import saving
from articles.pages.models import Page
from iria.core.http import safe_client
from iria.core.http.safe_client import RequestFailed
from tests import newsroom
from tests.articles.embeds.other_site import Answer, OtherSite

pytestmark = pytest.mark.django_db

FILM = "https://www.youtube.com/watch?v=abc-123"
PAGE = "https://harbour.example/plan"


def embed(url: str, title: str = "") -> str:
    return f'<p>Text.</p><figure data-embed="{url}"><figcaption>{title}</figcaption></figure>'


def png(width: int = 800, height: int = 400) -> bytes:
    file = BytesIO()
    Pillow.linear_gradient("L").resize((width, height)).convert("RGB").save(file, "PNG")
    return file.getvalue()


def fetched(url: str) -> LinkCard:
    card = LinkCard.objects.create(url=url)
    link_cards.fetch(card)
    return LinkCard.objects.get(pk=card.pk)


def known(url: str, title: str = "The plan", **fields: Any) -> LinkCard:
    return LinkCard.objects.create(
        url=url, title=title, state=LinkCard.State.FETCHED, fetched_at=timezone.now(), **fields
    )


# Fetching


def test_title_and_image_are_fetched_and_the_image_is_encoded_again(
    other_site: OtherSite, client: Client
) -> None:
    other_site.image(png())
    url = other_site.page('<title>The plan</title><meta property="og:image" content="/image">')
    card = fetched(url)
    assert (card.state, card.title) == (LinkCard.State.FETCHED, "The plan")
    assert (card.thumbnail_width, card.thumbnail_height) == (640, 320)
    response = client.get(card.thumbnail_url)
    assert response.headers["Content-Type"] == "image/jpeg"
    assert "immutable" in response.headers["Cache-Control"]
    assert Pillow.open(BytesIO(response.content)).format == "JPEG"
    assert len(response.content) < 100_000


def test_a_provider_with_oembed_is_asked_there(
    other_site: OtherSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    host = f"127.0.0.1:{other_site.port}"
    endpoint = {host: f"{other_site.url('/oembed')}?url={{url}}"}
    monkeypatch.setattr(link_cards, "OEMBED", endpoint)
    path = f"/oembed?url=http%3A%2F%2F127.0.0.1%3A{other_site.port}%2Fpage"
    other_site.answers[path] = Answer(b'{"title": "The film"}', "application/json")
    assert fetched(other_site.url()).title == "The film"
    assert other_site.requests == [path]
    # Without a usable response the page itself is read.
    LinkCard.objects.all().delete()
    other_site.answers[path] = Answer(b"Not found", status=404)
    other_site.page("<title>The page</title>")
    assert fetched(other_site.url()).title == "The page"


def test_only_the_start_of_a_large_page_is_read(other_site: OtherSite) -> None:
    url = other_site.page(b"<title>The plan</title>" + b"<p>x" * 2_000_000)
    assert fetched(url).title == "The plan"


def test_a_title_of_5_mb_with_html_and_control_characters_is_one_short_line(
    other_site: OtherSite, client: Client
) -> None:
    url = other_site.page("<title>&lt;script&gt;\x00\x07\u202e " + "x" * 5_000_000 + "</title>")
    card = fetched(url)
    assert card.title.startswith("<script> xxx")
    assert len(card.title) == 200
    LinkCard.objects.update(url=PAGE)
    article = newsroom.published(body=embed(PAGE))
    html = client.get(article.get_absolute_url()).content.decode()
    assert "&lt;script&gt; xxx" in html


@pytest.mark.parametrize(
    "to",
    ["http://127.0.0.1:{port}/page", "http://localhost/", "http://169.254.169.254/", "file:///x"],
)
def test_a_redirect_into_the_private_network_is_not_followed(
    to: str, other_site: OtherSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    other_site.page("<title>Secret</title>")
    other_site.page("", "/moved", status=302, location=to.format(port=other_site.port))
    reached = []

    def only_once(host: str, port: int) -> list[str]:
        reached.append(host)
        if len(reached) > 1:
            monkeypatch.undo()
            return safe_client.public_addresses(host, port)
        return ["127.0.0.1"]

    monkeypatch.setattr(safe_client, "public_addresses", only_once)
    with pytest.raises(RequestFailed):
        fetched(other_site.url("/moved"))
    assert other_site.requests == ["/moved"]
    card = LinkCard.objects.get()
    assert (card.state, card.title) == (LinkCard.State.FAILED, "")


def test_a_slow_site_does_not_keep_the_worker(
    other_site: OtherSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(link_cards, "TIMEOUT", 0.2)
    url = other_site.page("<title>" + "x" * 500, slowly=True)
    with pytest.raises(RequestFailed):
        fetched(url)
    # The site sends for ten seconds.
    assert not other_site.has_sent_all


@pytest.mark.parametrize(
    "image",
    [
        b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>',
        b"GIF89a" + b"\x00" * 40,
        b"\x89PNG\r\n\x1a\n broken",
        b"",
        png(1, 1),
    ],
)
def test_an_image_that_cannot_be_used_leaves_the_title(image: bytes, other_site: OtherSite) -> None:
    other_site.image(image)
    url = other_site.page('<title>The plan</title><meta property="og:image" content="/image">')
    card = fetched(url)
    assert (card.title, card.thumbnail_url) == ("The plan", "")


def test_a_missing_image_leaves_the_title(other_site: OtherSite) -> None:
    url = other_site.page('<title>The plan</title><meta property="og:image" content="/none">')
    assert fetched(url).title == "The plan"


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_page_that_fails_is_tried_three_times_in_all(
    other_site: OtherSite, jobs: Callable[[], None]
) -> None:
    card = LinkCard.objects.create(url=other_site.url("/gone"))
    enqueue_fetch(card)
    enqueue_fetch(card)
    jobs()
    card.refresh_from_db()
    assert (card.state, card.error) == (LinkCard.State.FAILED, "Status 404 Not Found")
    assert other_site.requests == ["/gone"]
    strategy: Any = app.tasks["articles.embeds.tasks.fetch_link_card"].retry_strategy
    assert strategy.max_attempts == 3


def test_what_was_fetched_stays_when_a_later_request_fails(other_site: OtherSite) -> None:
    card = fetched(other_site.page("<title>The plan</title>"))
    other_site.answers.clear()
    with pytest.raises(RequestFailed):
        link_cards.fetch(card)
    card.refresh_from_db()
    assert (card.state, card.title) == (LinkCard.State.FETCHED, "The plan")


# For readers


def test_a_page_of_no_provider_is_a_link_card_with_its_title_and_image(client: Client) -> None:
    card = known(PAGE, thumbnail=b"x", thumbnail_name="0" * 20, thumbnail_width=64)
    html = client.get(newsroom.published(body=embed(PAGE)).get_absolute_url()).content.decode()
    assert f'<a href="{PAGE}">The plan</a>' in html
    assert f'src="{card.thumbnail_url}"' in html
    assert "harbour.example</span>" in html
    assert "embed-frame" not in html


def test_a_video_has_title_and_image_before_the_click(client: Client) -> None:
    card = known(FILM, "The film", thumbnail=b"x", thumbnail_name="0" * 20)
    html = client.get(newsroom.published(body=embed(FILM)).get_absolute_url()).content.decode()
    assert f'<a href="{FILM}">The film</a>' in html
    assert 'data-title="The film"' in html
    assert f'src="{card.thumbnail_url}"' in html
    assert "ytimg" not in html


def test_the_title_that_editors_wrote_comes_first(client: Client) -> None:
    known(PAGE)
    article = newsroom.published(body=embed(PAGE, "Our title"))
    html = client.get(article.get_absolute_url()).content.decode()
    assert f'<a href="{PAGE}">Our title</a>' in html


@pytest.mark.parametrize("state", [LinkCard.State.PENDING, LinkCard.State.FAILED])
def test_a_page_that_was_not_fetched_is_a_card_with_its_url(
    state: LinkCard.State, client: Client
) -> None:
    LinkCard.objects.create(url=PAGE, state=state)
    html = client.get(newsroom.published(body=embed(PAGE)).get_absolute_url()).content.decode()
    assert f'<a href="{PAGE}">harbour.example/plan</a>' in html


def test_the_page_changes_when_a_title_arrives(client: Client) -> None:
    card = LinkCard.objects.create(url=PAGE)
    url = newsroom.published(body=embed(PAGE)).get_absolute_url()
    tag = client.get(url).headers["ETag"]
    LinkCard.objects.create(url=f"{PAGE}/other")
    assert client.get(url).headers["ETag"] == tag
    card.title, card.state = "The plan", LinkCard.State.FETCHED
    card.save()
    assert "The plan" in client.get(url).content.decode()
    assert client.get(url).headers["ETag"] != tag


def test_feeds_and_the_api_have_a_link_with_the_title(client: Client) -> None:
    known(PAGE)
    article = newsroom.published(body=embed(PAGE))
    for url in ("/feed/", "/feed/json/", f"/api/v1/articles/{article.pk}/?fields=html"):
        text = client.get(url).content.decode()
        assert "The plan" in text
        assert PAGE.replace("/", "\\/") in text or PAGE in text


def test_a_page_edited_in_the_admin_has_the_card_too(client: Client) -> None:
    known(PAGE)
    saving.save(Page(title="About", path="about", is_published=True, body=embed(PAGE)))
    assert f'<a href="{PAGE}">The plan</a>' in client.get("/about/").content.decode()


def test_an_unknown_image_is_not_found(client: Client) -> None:
    assert client.get(f"/pictures/embed/{'0' * 20}.jpeg").status_code == 404


# Deleting


def test_cards_that_no_text_uses_are_deleted_after_a_month(edna: User) -> None:
    urls = {name: f"https://harbour.example/{name}" for name in ("a", "b", "c", "d", "e")}
    for url in urls.values():
        LinkCard.objects.create(url=url)
    LinkCard.objects.exclude(url=urls["e"]).update(requested_at=timezone.now() - timedelta(days=31))
    newsroom.published(body=embed(urls["a"]))
    drafts.save(newsroom.published("Another"), {"body": embed(urls["c"])}, by=edna)
    saving.save(Page(title="About", path="about", body=embed(urls["b"])))
    assert link_cards.delete_unused() == 1
    assert {card.url for card in LinkCard.objects.all()} == set(urls.values()) - {urls["d"]}


def test_providers_are_not_needed_for_cards(client: Client) -> None:
    EmbedProvider.objects.all().delete()
    known(FILM, "The film")
    html = client.get(newsroom.published(body=embed(FILM)).get_absolute_url()).content.decode()
    assert "The film" in html


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
    assert len(title) <= MAX_TITLE_LENGTH


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
def test_an_invalid_oembed_response_is_an_error(answer: bytes) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 - every kind of it
        from_oembed(answer, URL)


def test_values_of_other_types_in_an_oembed_response_are_left_out() -> None:
    answer = json.dumps({"title": ["x"], "thumbnail_url": 7}).encode()
    assert from_oembed(answer, URL) == PageMetadata()


def test_the_providers_from_the_start_have_an_oembed_url() -> None:
    assert link_cards.oembed_url("https://vimeo.com/7") == (
        "https://vimeo.com/api/oembed.json?url=https%3A%2F%2Fvimeo.com%2F7"
    )
    assert link_cards.oembed_url("https://www.youtube.com/watch?v=a&t=3").endswith(
        "url=https%3A%2F%2Fwww.youtube.com%2Fwatch%3Fv%3Da%26t%3D3"
    )
    assert link_cards.oembed_url("https://vimeo.com.evil.example/7") == ""


@given(st.binary(max_size=300), st.text(max_size=40))
def test_any_bytes_give_a_short_title_without_control_characters(
    content: bytes, content_type: str
) -> None:
    for page in (content, b"<title>" + content, b'<meta property=og:title content="' + content):
        title = title_of(page, content_type)
        assert len(title) <= MAX_TITLE_LENGTH
        assert title.isprintable() or not any(character < " " for character in title)
