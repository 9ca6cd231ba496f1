"""Sharing, printing and following an article, with and without scripts."""

from pathlib import Path

import pytest
from playwright.sync_api import expect

from newsletter import subscription_emails
from newsletter.models import ArticleFollow, Consent
from newsletter.subscriptions import opt_in
from tests import newsroom
from tests.articles.public import sample_content
from tests.browser.checkers import complaints_in_every_look, html_complaints
from tests.browser.conftest import PHONE, OpenPage

pytestmark = pytest.mark.browser

SHEET = "navigator.share = async (data) => { window.shared = data; }"


def test_the_sheet_of_the_system_is_used_where_there_is_one(open_page: OpenPage) -> None:
    article = newsroom.published("Ships wait")
    page = open_page(size=PHONE, own=True)
    page.add_init_script(SHEET)
    page.goto(article.get_absolute_url())
    expect(page.locator("share-links button")).to_be_visible()
    page.locator(".article-actions a[href='#share']").click()
    assert page.evaluate("shared.title") == "Ships wait"
    assert page.evaluate("shared.url").endswith(article.get_absolute_url())


def test_the_link_is_copied(open_page: OpenPage) -> None:
    article = newsroom.published("Ships wait")
    page = open_page(article.get_absolute_url(), permissions=["clipboard-read", "clipboard-write"])
    button = page.locator("share-links button")
    before = button.inner_text()
    button.click()
    expect(button).not_to_have_text(before)
    copied = page.evaluate("navigator.clipboard.readText()")
    assert copied.endswith(article.get_absolute_url())
    expect(page.locator("#share-address")).to_be_hidden()


def test_without_scripts_the_url_is_shown_and_no_dead_button(open_page: OpenPage) -> None:
    article = newsroom.published("Ships wait")
    page = open_page(article.get_absolute_url(), scripts=False)
    expect(page.locator("share-links button")).to_be_hidden()
    expect(page.locator("[data-print]")).to_be_hidden()
    expect(page.locator("#share-address")).to_be_visible()
    page.locator(".article-actions a[href='#share']").click()
    assert page.url.endswith("#share")


def test_the_print_button_prints_the_page_without_the_interface(open_page: OpenPage) -> None:
    article = newsroom.published("Ships wait", tags=["tankers"])
    page = open_page(own=True)
    page.add_init_script("print = () => { window.printed = true; }")
    page.goto(article.get_absolute_url())
    expect(page.locator("share-links button")).to_be_visible()
    page.locator("[data-print]").click()
    assert page.evaluate("printed")
    page.emulate_media(media="print")
    for part in (".article-actions", ".end-rows", ".contents", ".article-thread form"):
        for each in page.locator(part).all():
            expect(each).to_be_hidden()
    expect(page.locator(".article-text")).to_be_visible()


def test_a_section_and_a_topic_are_followed_and_unfollowed_from_their_pages(
    open_page: OpenPage,
) -> None:
    section = newsroom.category("Straits")
    newsroom.published("Ships wait", categories=[section], tags=["tankers"])
    page = open_page("/", scripts=False, size=PHONE)
    for path in ("/category/straits/", "/tag/tankers/"):
        page.goto(path)
        page.locator(".follow-link a").click()
        expect(page.locator("input[name=subjects]")).to_be_checked()
        page.locator("#follow-email").fill("ola@readers.example")
        page.locator(".newsletter-form button[type='submit']").click()
        page.wait_for_url("**/newsletter/check-your-inbox/**")
        consent = Consent.objects.latest("pk")
        subscription_emails.answer(consent.pk)
        page.goto(f"/newsletter/confirm/{opt_in.confirmation_token(consent)}/")
        page.locator("main form button").click()
        expect(page.locator("main form")).to_have_count(0)
    followed = [(row.section, str(row.topic or "")) for row in ArticleFollow.objects.order_by("pk")]
    assert followed == [(section, ""), (None, "tankers")]
    page.goto(f"/newsletter/unfollow/{ArticleFollow.objects.earliest('pk').token}/")
    page.locator("main form button").click()
    expect(page.locator("main form")).to_have_count(0)
    assert ArticleFollow.objects.get().section is None


def test_the_page_and_the_form_are_accessible_and_valid(
    open_page: OpenPage, tmp_path: Path
) -> None:
    image = sample_content.sized(newsroom.picture())
    author = newsroom.author("Ines Faro")
    article = newsroom.published("Ships wait", authors=[author], tags=["x"], lead_image=image)
    page = open_page(article.get_absolute_url(), size=PHONE)
    html = {"article": page.content()}
    assert complaints_in_every_look(page, PHONE) == []
    page.goto(f"/newsletter/follow/?article={article.pk}")
    html["follow"] = page.content()
    assert complaints_in_every_look(page, PHONE) == []
    assert html_complaints(html, tmp_path) == []
