"""The preview beside the article form: a page in a frame, a search result and a social card."""

import re

import pytest
from django.test import Client

from accounts.models import User
from articles.editorial import publishing, trash
from articles.editorial.models import Article
from articles.editorial.versions import drafts
from articles.public.draft_preview import DESCRIPTION_LENGTH, cards_of
from iria.publication.models import current_publication
from tests import newsroom
from tests.articles.public.sample_content import sized


def preview_of(article: Article, part: str = "light/") -> str:
    return f"/admin/articles/article/{article.pk}/preview/{part}"


PARTS = ["", "light/", "dark/", "card/search/", "card/social/"]


@pytest.fixture
def edna_at_work(client: Client, edna: User) -> Client:
    client.force_login(edna)
    return client


def test_the_frame_shows_the_page_of_a_draft_as_it_was_saved(
    edna_at_work: Client, edna: User
) -> None:
    article = newsroom.draft("First words")
    drafts.save(article, {"headline": "Better words"}, by=edna)
    page = edna_at_work.get(preview_of(article))
    assert page.status_code == 200
    assert "<h1>Better words</h1>" in page.content.decode()


def test_it_shows_the_changes_of_a_published_article_and_readers_do_not_see_them(
    edna_at_work: Client, edna: User
) -> None:
    article = newsroom.published("What readers see")
    page = edna_at_work.get(preview_of(article))
    assert "<h1>What readers see</h1>" in page.content.decode()
    drafts.save(article, {"headline": "What comes next"}, by=edna)
    page = edna_at_work.get(preview_of(article))
    assert "<h1>What comes next</h1>" in page.content.decode()
    readers = Client().get(article.get_absolute_url())
    assert "<h1>What readers see</h1>" in readers.content.decode()


def test_only_the_page_in_the_frame_may_be_framed(edna_at_work: Client) -> None:
    article = newsroom.published()
    framed = edna_at_work.get(preview_of(article))
    assert "frame-ancestors 'self'" in framed["Content-Security-Policy"]
    assert framed["X-Frame-Options"] == "SAMEORIGIN"
    others = [article.get_absolute_url(), article.get_admin_url(), preview_of(article, "")]
    others += [preview_of(article, "card/search/"), preview_of(newsroom.draft(), "")]
    for url in others:
        response = edna_at_work.get(url)
        assert "frame-ancestors 'none'" in response["Content-Security-Policy"], url
        assert response["X-Frame-Options"] == "DENY", url
    link = edna_at_work.get(edna_at_work.get(preview_of(newsroom.draft(), ""))["Location"])
    assert link["X-Frame-Options"] == "DENY"


@pytest.mark.parametrize("part", [part for part in PARTS if part])
def test_nothing_of_it_is_cached_or_indexed(edna_at_work: Client, part: str) -> None:
    response = edna_at_work.get(preview_of(newsroom.draft(), part))
    assert "no-store" in response["Cache-Control"]
    assert "noindex" in response["X-Robots-Tag"]


def test_the_page_in_the_frame_has_no_scripts_and_counts_no_view(edna_at_work: Client) -> None:
    page = edna_at_work.get(preview_of(newsroom.published()))
    html = page.content.decode()
    assert "<script" not in html
    assert "data-view" not in html
    assert 'name="text"' not in html
    policy = page["Content-Security-Policy"]
    assert "script-src" not in policy
    assert "default-src 'none'" in policy
    assert "form-action 'none'" in policy


def test_the_colour_scheme_is_that_of_the_url_in_this_response_only(edna_at_work: Client) -> None:
    article = newsroom.published()
    for scheme, other in (("light", "dark"), ("dark", "light")):
        html = edna_at_work.get(preview_of(article, f"{scheme}/")).content.decode()
        assert f"page-{scheme}" in html
        assert f"page-{other}" not in html
    html = edna_at_work.get(article.get_absolute_url()).content.decode()
    assert "page-dark" not in html
    assert "page-light" not in html


@pytest.mark.parametrize("part", ["sepia/", "card/poster/"])
def test_an_unknown_part_is_not_found(edna_at_work: Client, part: str) -> None:
    assert edna_at_work.get(preview_of(newsroom.draft(), part)).status_code == 404


@pytest.mark.parametrize("part", PARTS)
def test_users_who_may_not_see_the_article_do_not_see_its_preview(
    client: Client, edna: User, rui: User, ola: User, part: str
) -> None:
    article = newsroom.draft(by=edna)
    url = preview_of(article, part)
    assert client.get(url).status_code == 302
    client.force_login(ola)
    assert client.get(url).status_code == 302
    client.force_login(rui)
    assert client.get(url).status_code == 404
    own = newsroom.draft(by=rui)
    assert client.get(preview_of(own, part)).status_code == (200 if part else 302)


@pytest.mark.parametrize("part", PARTS)
def test_an_article_that_is_deleted_or_in_the_trash_has_no_preview(
    edna_at_work: Client, edna: User, part: str
) -> None:
    article = newsroom.draft()
    trash.move(article, by=edna)
    assert edna_at_work.get(preview_of(article, part)).status_code == 404
    Article.objects.all().delete()
    assert edna_at_work.get(preview_of(article, part)).status_code == 404


def test_a_tab_of_its_own_shows_the_preview_link_or_the_page(
    edna_at_work: Client, edna: User
) -> None:
    article = newsroom.draft("Not out yet")
    page = edna_at_work.get(preview_of(article, ""), follow=True)
    assert page.redirect_chain[-1][0].startswith("/preview/")
    assert "Not out yet" in page.content.decode()
    publishing.publish(article, by=edna)
    page = edna_at_work.get(preview_of(article, ""), follow=True)
    assert page.redirect_chain[-1][0] == article.get_absolute_url()


def test_the_cards_show_what_was_saved(edna_at_work: Client, edna: User) -> None:
    article = newsroom.draft("Harbour reopens")
    values = {"search_description": "Two ferries a day again.", "social_title": "It is open"}
    drafts.save(article, values, by=edna)
    search = edna_at_work.get(preview_of(article, "card/search/")).content.decode()
    assert "Harbour reopens" in search
    assert "Two ferries a day again." in search
    assert "It is open" not in search
    social = edna_at_work.get(preview_of(article, "card/social/")).content.decode()
    assert "It is open" in social
    assert "Harbour reopens" not in social


def test_markup_in_a_headline_is_text_on_the_cards(edna_at_work: Client) -> None:
    article = newsroom.draft("<img src=x onerror=alert(1)>")
    for card in ("search", "social"):
        html = edna_at_work.get(preview_of(article, f"card/{card}/")).content.decode()
        assert "<img src=x" not in html


def test_a_long_description_is_cut_and_its_length_is_named(db: None) -> None:
    newsroom.draft(search_description="word " * 50)
    text = cards_of(Article.objects.for_page().get(), current_publication()).description
    assert text.is_cut
    assert text.length == 249
    assert len(text.shown) <= DESCRIPTION_LENGTH


def test_the_url_of_a_draft_is_what_it_would_be_today(db: None) -> None:
    newsroom.draft("Harbour reopens")
    cards = cards_of(Article.objects.for_page().get(), current_publication())
    assert re.fullmatch(r"\d{4}/\d{2}/harbour-reopens", "/".join(cards.path))


def test_an_article_in_another_language_is_marked_as_such(edna_at_work: Client) -> None:
    article = newsroom.draft("مرحبا", language="ar")
    html = edna_at_work.get(preview_of(article, "card/social/")).content.decode()
    assert 'dir="rtl" lang="ar"' in html
    assert 'lang="ar" dir="rtl"' in edna_at_work.get(preview_of(article)).content.decode()


def test_the_social_card_has_the_image_in_the_shape_of_link_previews(
    edna_at_work: Client, edna: User
) -> None:
    lead, own = (
        sized(newsroom.picture(alt_text=text)) for text in ("Cranes at rest", "A lighthouse")
    )
    article = newsroom.draft(lead_image=lead)
    url = preview_of(article, "card/social/")
    assert "Cranes at rest" in edna_at_work.get(url).content.decode()
    drafts.save(article, {"social_image_id": own.pk}, by=edna)
    assert "A lighthouse" in edna_at_work.get(url).content.decode()
    drafts.save(article, {"social_image_id": None, "lead_image_id": None}, by=edna)
    assert "preview-with-logo" in edna_at_work.get(url).content.decode()
