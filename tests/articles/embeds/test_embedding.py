"""Embeds: from a URL on its own line to a frame that loads on a click."""

from typing import Any

import pytest
from django.db import IntegrityError, transaction
from django.test import Client

from accounts.models import User
from articles.editorial.models import Article
from articles.editorial.versions import revisions
from articles.editorial.versions.diff import compared
from articles.embeds.iframes import autoembed, embeds_for
from articles.embeds.models import EmbedProvider
from articles.pages import saving
from articles.pages.models import Page
from tests import newsroom

pytestmark = pytest.mark.django_db

FILM = "https://www.youtube.com/watch?v=abc-123"
EMBED = f'<figure data-embed="{FILM}"><figcaption></figcaption></figure>'
PROVIDERS = "/admin/articles/embedprovider/"


def with_film(**fields: Any) -> Article:
    titled = EMBED.replace("<figcaption>", "<figcaption>The strait in March")
    return newsroom.published(body=f"<p>Before.</p>{titled}<p>After.</p>", **fields)


@pytest.mark.parametrize(
    "alone",
    [
        f"<p>{FILM}</p>",
        f'<p><a href="{FILM}">{FILM}</a></p>',
        f'<p><a href="{FILM}">youtube.com/watch?v=abc-123</a></p>',
        f"Before\n\n{FILM}\n\nAfter",
    ],
)
def test_a_url_alone_on_its_line_becomes_an_embed(alone: str) -> None:
    body = newsroom.draft(body=alone).body
    assert EMBED in body
    assert autoembed(body) == body


@pytest.mark.parametrize(
    "written",
    [
        f"<p>See {FILM}</p>",
        f'<p><a href="{FILM}">The film</a></p>',
        "<p>https://example.org/page</p>",
        f"<blockquote><p>{FILM}</p></blockquote>",
        "<p>https://www.youtube.com/watch?v=a b</p>",
        f"<p>{FILM.replace('https', 'http')}</p>",
    ],
)
def test_other_links_are_not_changed(written: str) -> None:
    assert "data-embed" not in newsroom.draft(body=written).body


def test_a_page_has_a_card_and_its_policy_allows_only_this_frame(client: Client) -> None:
    response = client.get(with_film().get_absolute_url())
    html = response.content.decode()
    assert f'<a href="{FILM}">The strait in March</a>' in html
    assert 'data-frame="https://www.youtube-nocookie.com/embed/abc-123"' in html
    assert "<iframe" not in html
    policy = response.headers["Content-Security-Policy"]
    assert "frame-src 'self' https://www.youtube-nocookie.com;" in policy
    assert "vimeo" not in policy


def test_a_page_without_embeds_has_the_default_policy(client: Client) -> None:
    response = client.get(newsroom.published().get_absolute_url())
    assert "frame-src 'self';" in response.headers["Content-Security-Policy"]
    assert "embed-frame" not in response.content.decode()


def test_a_304_response_has_the_policy_of_the_page(client: Client) -> None:
    url = with_film().get_absolute_url()
    tag = client.get(url).headers["ETag"]
    response = client.get(url, headers={"If-None-Match": tag})
    assert response.status_code == 304
    assert "Content-Security-Policy" not in response.headers


def test_a_disabled_provider_leaves_the_card(client: Client) -> None:
    article = with_film()
    EmbedProvider.objects.update(is_enabled=False)
    response = client.get(article.get_absolute_url())
    html = response.content.decode()
    assert f'<a href="{FILM}">The strait in March</a>' in html
    assert "data-frame" not in html
    assert "youtube" not in response.headers["Content-Security-Policy"]


def test_feeds_have_the_card(client: Client) -> None:
    with_film()
    for url in ("/feed/", "/feed/json/"):
        feed = client.get(url).content.decode()
        assert "The strait in March" in feed
        assert "youtube-nocookie" not in feed
        assert "embed-frame" not in feed


def test_a_page_edited_in_the_admin_has_embeds_too(client: Client) -> None:
    page = Page(title="About", path="about", is_published=True, body=f"<p>{FILM}</p>")
    saving.save(page)
    response = client.get("/about/")
    assert "youtube-nocookie" in response.headers["Content-Security-Policy"]
    assert "data-frame" in response.content.decode()


def test_our_own_site_is_never_framed(client: Client, settings: Any) -> None:
    EmbedProvider.objects.create(
        name="Ours",
        page_url_patterns="https://meridian.example/{id}",
        frame_url="https://meridian.example/{id}/",
    )
    settings.SITE_HOST = "meridian.example"
    body = '<figure data-embed="https://meridian.example/x"><figcaption>X</figcaption></figure>'
    html = client.get(newsroom.published(body=body).get_absolute_url()).content.decode()
    assert "data-frame" not in html


def test_a_text_with_embeds_needs_two_queries_and_one_without_none(
    django_assert_num_queries: Any,
) -> None:
    with django_assert_num_queries(0):
        embeds_for("<p>data-embed</p>")
    many = "".join(EMBED.replace("abc-123", f"abc-{number}") for number in range(30))
    with django_assert_num_queries(2):
        assert len(embeds_for(many).frames) == 30


def test_the_comparison_of_versions_shows_a_changed_embed() -> None:
    article = newsroom.draft(body=f"<p>Words.</p>{EMBED}")
    article.body = article.body.replace("abc-123", "other")
    revisions.save(article, by=None)
    new, old = article.revisions.all()[:2]
    (part,) = compared(old, new)
    text = {(piece.kind, piece.text) for each in part.paragraphs for piece in each.pieces}
    assert ("added", FILM.replace("abc-123", "other")) in text


def test_the_database_requires_frame_and_origin_together() -> None:
    with pytest.raises(IntegrityError), transaction.atomic():
        EmbedProvider.objects.filter(name="Vimeo").update(frame_origin="https://evil.example")


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"page_url_patterns": "https://{host}/x"}, "full host"),
        ({"page_url_patterns": "vimeo"}, "not a valid pattern"),
        ({"frame_url": "javascript:alert({id})"}, "not a valid pattern"),
        ({"frame_url": "https://example.org/{x}"}, "{x}"),
        ({"frame_url": "https://meridian.example/{id}"}, "permissions"),
    ],
)
def test_an_invalid_provider_is_rejected_with_an_error(
    client: Client, chief: User, settings: Any, changes: dict[str, str], sentence: str
) -> None:
    settings.SITE_HOST = "meridian.example"
    client.force_login(chief)
    sent = {
        "name": "New",
        "page_url_patterns": "https://films.example/{id}",
        "frame_url": "https://films.example/frame/{id}",
        "shape": "wide",
        "is_enabled": "on",
    }
    page = client.post(f"{PROVIDERS}add/", {**sent, **changes}).content.decode()
    assert sentence in page
    assert not EmbedProvider.objects.filter(name="New").exists()
    assert client.post(f"{PROVIDERS}add/", sent).status_code == 302
    assert EmbedProvider.objects.get(name="New").frame_origin == "https://films.example"


def test_editors_see_the_providers_but_cannot_change_them(client: Client, edna: User) -> None:
    client.force_login(edna)
    pk = EmbedProvider.objects.get(name="Vimeo").pk
    assert client.get(f"{PROVIDERS}{pk}/change/").status_code == 200
    assert client.get(f"{PROVIDERS}add/").status_code == 403
