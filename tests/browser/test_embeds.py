"""An embed: a card at first, the frame of the other site after a click."""

from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page, Request, expect

from articles.embeds.models import LinkCard
from tests import newsroom
from tests.browser.checkers import accessibility_complaints, html_complaints
from tests.browser.conftest import PHONE, OpenPage

pytestmark = pytest.mark.browser

FILM = "https://www.youtube.com/watch?v=abc"
FRAME = "https://www.youtube-nocookie.com/embed/abc"
BODY = (
    "<p>Words before.</p>"
    f'<figure data-embed="{FILM}"><figcaption>The strait in March</figcaption></figure>'
    '<figure data-embed="https://unknown.example/x"><figcaption></figcaption></figure>'
)


def with_card(url: str) -> None:
    """The page was fetched, with an image."""
    LinkCard.objects.create(
        url=url,
        title="A page of another site",
        state=LinkCard.State.FETCHED,
        thumbnail=newsroom.picture_file().read(),
        thumbnail_name="0" * 20,
        thumbnail_width=640,
        thumbnail_height=360,
    )


def watched(page: Page) -> list[str]:
    """The URLs that the page requests from other sites; each gets a response here."""
    requested_urls: list[str] = []

    def note(request: Request) -> None:
        if "127.0.0.1" not in request.url and "localhost" not in request.url:
            requested_urls.append(request.url)

    page.on("request", note)
    page.route(f"{FRAME}*", lambda route: route.fulfill(body="<p>A film", content_type="text/html"))
    return requested_urls


def test_nothing_from_another_site_is_loaded_before_a_click(open_page: OpenPage) -> None:
    article = newsroom.published(body=BODY)
    page = open_page(size=PHONE)
    requested_urls = watched(page)
    page.goto(article.get_absolute_url())
    card = page.locator(".embed-wide")
    expect(card.get_by_role("link")).to_have_attribute("href", FILM)
    expect(card).to_contain_text("YouTube")
    assert requested_urls == []
    card.get_by_role("button").focus()
    page.keyboard.press("Enter")
    frame = card.locator("iframe")
    expect(frame).to_have_attribute("src", FRAME)
    expect(frame.content_frame.locator("p")).to_have_text("A film")
    assert "allow-top-navigation" not in (frame.get_attribute("sandbox") or "allow-top-navigation")
    expect(card.get_by_role("link")).to_be_visible()
    assert requested_urls == [FRAME]


def test_a_click_on_the_image_of_a_video_shows_it_too(open_page: OpenPage) -> None:
    with_card(FILM)
    article = newsroom.published(body=BODY)
    page = open_page(size=PHONE)
    requested_urls = watched(page)
    page.goto(article.get_absolute_url())
    image = page.locator(".embed-wide img")
    image.scroll_into_view_if_needed()
    expect(image).to_have_js_property("complete", True)
    assert image.evaluate("image => image.naturalWidth") > 0
    assert requested_urls == []
    image.click()
    expect(page.locator(".embed-wide iframe")).to_have_attribute("src", FRAME)
    expect(image).to_have_count(0)
    assert requested_urls == [FRAME]


def test_without_scripts_the_card_is_a_link(open_page: OpenPage) -> None:
    article = newsroom.published(body=BODY)
    page = open_page(article.get_absolute_url(), scripts=False)
    expect(page.locator(".embed-wide").get_by_role("link")).to_be_visible()
    expect(page.locator(".embed-ask")).to_be_hidden()
    expect(page.get_by_role("link", name="unknown.example/x")).to_be_visible()


def test_cards_are_accessible_and_valid_html(open_page: OpenPage, tmp_path: Path) -> None:
    with_card(FILM)
    with_card("https://unknown.example/x")
    article = newsroom.published(body=BODY)
    # axe sets style attributes; the policy is tested in the other tests.
    page = open_page(article.get_absolute_url(), scheme="dark", bypass_csp=True)
    assert accessibility_complaints(page) == []
    html = Client().get(article.get_absolute_url()).content.decode()
    assert html_complaints({"embeds": html}, tmp_path) == []
