"""Pages of other sites in the editor: a card at once, title and image when the worker has fetched them."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from playwright.sync_api import Page, Request, expect

from accounts.models import User
from articles.embeds.models import LinkCard
from tests import newsroom
from tests.browser.checkers import accessibility_complaints
from tests.browser.conftest import OpenPage
from tests.browser.text_editor import EDITOR, paste, pick, text_of
from tests.newsroom import picture_file

pytestmark = pytest.mark.browser

ADD = "/admin/articles/article/add/"
ASK = "/admin/articles/linkcard/ask/"
FILM = "https://www.youtube.com/watch?v=abc"
PAGE = "https://harbour.example/plan"


def fetched(url: str, title: str) -> None:
    """What the worker does."""
    LinkCard.objects.update_or_create(
        url=url,
        defaults={
            "title": title,
            "state": LinkCard.State.FETCHED,
            "thumbnail": picture_file().read(),
            "thumbnail_name": "0" * 20,
            "thumbnail_width": 640,
            "thumbnail_height": 360,
        },
    )


@contextmanager
def requests_of(page: Page) -> Iterator[list[str]]:
    """The methods of the requests about cards; none goes to another site."""
    methods: list[str] = []

    def note(request: Request) -> None:
        if ASK in request.url:
            methods.append(request.method)
        assert "harbour.example/" not in request.url
        assert "youtube.com/" not in request.url

    page.on("request", note)
    yield methods
    page.remove_listener("request", note)


def test_a_pasted_url_is_a_card_at_once_and_gets_title_and_image(
    open_admin: OpenPage, edna: User
) -> None:
    page = open_admin(edna, ADD)
    page.clock.install()
    page.click(EDITOR)
    with requests_of(page) as methods:
        with page.expect_response(lambda response: ASK in response.url):
            paste(page, "", FILM)
        card = page.locator(".admin-embed")
        expect(card).to_contain_text(FILM)
        expect(card).to_contain_text("YouTube")
        expect(card.get_by_role("status")).not_to_be_empty()
        assert text_of(page).startswith(
            f'<figure data-embed="{FILM}"><figcaption></figcaption></figure>'
        )
        page.keyboard.type("After it.")
        fetched(FILM, "The strait in March")
        with page.expect_response(lambda response: ASK in response.url):
            page.clock.run_for(1_500)
        expect(card.locator("figcaption")).to_have_text("The strait in March")
        expect(card.locator("img")).to_be_visible()
        expect(card.get_by_role("status")).to_be_hidden()
        count = len(methods)
        page.clock.run_for(200_000)
        assert (methods[0], methods.count("POST"), len(methods)) == ("POST", 1, count)
    assert text_of(page) == (
        f'<figure data-embed="{FILM}"><figcaption>The strait in March</figcaption></figure>'
        "<p>After it.</p>"
    )


def test_asking_ends_after_a_few_requests(open_admin: OpenPage, edna: User) -> None:
    page = open_admin(edna, ADD)
    page.clock.install()
    page.click(EDITOR)
    with requests_of(page) as methods:
        paste(page, "", PAGE)
        expect(page.locator(".admin-embed")).to_contain_text("harbour.example")
        for _ in range(12):
            page.clock.run_for(60_000)
            page.wait_for_timeout(50)
        assert 3 <= len(methods) <= 8
        expect(page.locator(".admin-embed").get_by_role("status")).not_to_be_empty()


def test_a_card_that_was_removed_is_not_asked_about(open_admin: OpenPage, edna: User) -> None:
    page = open_admin(edna, ADD)
    page.clock.install()
    page.click(EDITOR)
    with requests_of(page) as methods:
        with page.expect_response(lambda response: ASK in response.url):
            paste(page, "", PAGE)
        page.get_by_role("button", name="Remove", exact=True).click()
        expect(page.locator(".admin-embed")).to_have_count(0)
        page.clock.run_for(200_000)
        page.wait_for_timeout(100)
        assert methods.count("GET") <= 1


def test_a_card_becomes_a_plain_link(open_admin: OpenPage, edna: User) -> None:
    fetched(PAGE, "The plan")
    page = open_admin(edna, ADD)
    page.click(EDITOR)
    paste(page, "", PAGE)
    expect(page.locator(".admin-embed figcaption")).to_have_text("The plan")
    page.get_by_role("button", name="Plain link").click()
    expect(page.locator(".admin-embed")).to_have_count(0)
    assert text_of(page) == f'<p><a href="{PAGE}">The plan</a></p>'


@pytest.mark.parametrize(
    ("before", "pasted"),
    [("See ", PAGE), ("", f"{PAGE} and more"), ("", "http://harbour.example/")],
)
def test_other_pasted_text_stays_text(
    before: str, pasted: str, open_admin: OpenPage, edna: User
) -> None:
    page = open_admin(edna, ADD)
    page.click(EDITOR)
    page.keyboard.insert_text(before)
    paste(page, "", pasted)
    expect(page.locator(EDITOR)).to_contain_text(pasted)
    expect(page.locator(".admin-embed")).to_have_count(0)


def test_a_title_that_was_written_is_kept(open_admin: OpenPage, edna: User) -> None:
    page = open_admin(edna, ADD)
    page.clock.install()
    page.click(EDITOR)
    with page.expect_response(lambda response: ASK in response.url):
        paste(page, "", PAGE)
    page.click(".admin-embed figcaption")
    page.keyboard.insert_text("Our title")
    fetched(PAGE, "The plan")
    page.clock.run_for(2_000)
    expect(page.locator(".admin-embed img")).to_be_visible()
    expect(page.locator(".admin-embed figcaption")).to_have_text("Our title")


def test_another_url_gets_another_title(open_admin: OpenPage, edna: User) -> None:
    fetched(PAGE, "The plan")
    fetched(FILM, "The film")
    page = open_admin(edna, ADD)
    page.click(EDITOR)
    pick(page, "insert", "embed")
    page.fill(".prose-editor-dialog input[name=address]", PAGE)
    page.click(".prose-editor-dialog [type=submit]")
    expect(page.locator(".admin-embed figcaption")).to_have_text("The plan")
    page.get_by_role("button", name="Change URL").click()
    page.fill(".prose-editor-dialog input[name=address]", FILM)
    page.click(".prose-editor-dialog [type=submit]")
    expect(page.locator(".admin-embed figcaption")).to_have_text("The film")
    assert f'data-embed="{FILM}"' in text_of(page)
    assert PAGE not in text_of(page)


def test_opening_an_article_asks_once_and_does_not_change_it(
    open_admin: OpenPage, edna: User
) -> None:
    fetched(PAGE, "The plan")
    body = "<p>Text.</p>" + "".join(
        f'<figure data-embed="{url}"><figcaption></figcaption></figure>' for url in (PAGE, FILM)
    )
    article = newsroom.draft(body=body)
    page = open_admin(edna)
    with requests_of(page) as methods:
        page.goto(f"/admin/articles/article/{article.pk}/change/")
        expect(page.locator(".admin-embed img").first).to_be_visible()
        expect(page.locator(".admin-embed").last).to_contain_text("YouTube")
        assert methods == ["POST"]
    assert "The plan" not in page.input_value("#id_body")
    article.refresh_from_db()
    assert article.body.count("<figcaption></figcaption>") == 2


def test_cards_in_the_editor_are_accessible(open_admin: OpenPage, edna: User) -> None:
    fetched(PAGE, "The plan")
    page = open_admin(edna, ADD, bypass_csp=True)
    page.click(EDITOR)
    paste(page, "", PAGE)
    expect(page.locator(".admin-embed img")).to_be_visible()
    assert accessibility_complaints(page) == []
