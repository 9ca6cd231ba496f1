"""The link dialog of the text editor."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from articles.editorial import publishing
from articles.editorial.models import Article
from tests import newsroom
from tests.browser.checkers import complaints_in_every_look
from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.newsletter.factories import issue

pytestmark = pytest.mark.browser

EDITOR = ".admin-editor-body .ProseMirror"
DIALOG = "dialog.admin-link"


def edit(open_admin: OpenPage, who: User, article: Article, **options: object) -> Page:
    """Opens the article with its whole text selected."""
    page = open_admin(who, f"/admin/articles/article/{article.pk}/change/", **options)
    page.click(f"{EDITOR} p")
    page.keyboard.press("Control+a")
    return page


def assert_saved(page: Page, article: Article, body: str) -> None:
    """Saves the draft; autosaves of earlier changes may be on their way."""
    page.keyboard.press("Control+s")
    for _ in range(100):
        article.refresh_from_db()
        if article.body == body:
            return
        page.wait_for_timeout(100)
    assert article.body == body


def test_an_article_is_searched_and_linked_with_the_keyboard(
    open_admin: OpenPage, edna: User
) -> None:
    newsroom.published("A rescue drill in March")
    vote = newsroom.published("The council votes on a rescue drill")
    article = newsroom.draft(body="<p>the vote</p>", by=edna)
    page = edit(open_admin, edna, article)
    page.keyboard.press("Control+k")
    combobox = page.locator(DIALOG).get_by_role("combobox")
    expect(combobox).to_be_focused()
    page.keyboard.type("drill")
    options = page.locator(DIALOG).get_by_role("option")
    expect(options).to_have_count(2)
    expect(options.first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("ArrowDown")
    chosen = options.nth(1)
    expect(chosen).to_have_attribute("aria-selected", "true")
    expect(combobox).to_have_attribute("aria-activedescendant", chosen.get_attribute("id") or "-")
    page.keyboard.press("ArrowUp")
    expect(options.first).to_contain_text(vote.headline)
    page.keyboard.press("Enter")
    expect(page.locator(DIALOG)).to_have_count(0)
    expect(page.locator(EDITOR)).to_be_focused()
    assert_saved(page, article, f'<p><a href="internal:article/{vote.pk}">the vote</a></p>')
    # Afterwards the editor says where it leads.
    expect(page.locator(f"{EDITOR} a")).to_have_attribute("title", vote.headline)


def test_a_result_is_chosen_by_click_and_a_link_removed(open_admin: OpenPage, edna: User) -> None:
    vote = newsroom.published("The council votes")
    article = newsroom.draft(body="<p>the vote</p>", by=edna)
    page = edit(open_admin, edna, article)
    page.keyboard.press("Control+k")
    page.locator(DIALOG).get_by_role("option").filter(has_text=vote.headline).click()
    assert f'href="internal:article/{vote.pk}"' in page.input_value("#id_body")
    page.keyboard.press("Control+k")
    expect(page.locator(DIALOG)).to_contain_text(vote.headline)
    page.click(f"{DIALOG} [name=remove]")
    assert_saved(page, article, "<p>the vote</p>")


def test_escape_changes_nothing(open_admin: OpenPage, edna: User) -> None:
    body = '<p><a href="https://example.org/">there</a></p>'
    page = edit(open_admin, edna, newsroom.draft(body=body, by=edna))
    page.keyboard.press("Control+k")
    expect(page.locator(f"{DIALOG} [name=href]")).to_have_value("https://example.org/")
    page.keyboard.type("example.com")
    page.keyboard.press("Escape")
    expect(page.locator(DIALOG)).to_have_count(0)
    expect(page.locator(EDITOR)).to_be_focused()
    assert page.input_value("#id_body") == body


def test_a_url_of_the_site_becomes_a_reference(open_admin: OpenPage, edna: User) -> None:
    vote = newsroom.published("The council votes")
    article = newsroom.draft(body="<p>the vote</p>", by=edna)
    page = edit(open_admin, edna, article)
    page.keyboard.press("Control+k")
    page.keyboard.insert_text(f"{page.url.partition('/admin')[0]}{vote.get_absolute_url()}#votes")
    page.keyboard.press("Enter")
    assert_saved(page, article, f'<p><a href="internal:article/{vote.pk}#votes">the vote</a></p>')


def test_a_broken_link_is_marked_in_the_editor(open_admin: OpenPage, edna: User) -> None:
    vote, draft = newsroom.published("The council votes"), newsroom.draft("Later")
    body = "".join(
        f'<p><a href="internal:article/{number}">link</a></p>'
        for number in (vote.pk, draft.pk, 999_999)
    )
    article = newsroom.draft(body=body, by=edna)
    publishing.unpublish(vote, by=edna)
    page = edit(open_admin, edna, article)
    expect(page.locator(f"{EDITOR} a.admin-link-broken")).to_have_count(2)
    expect(page.locator(f"{EDITOR} a.admin-link-waiting")).to_have_count(1)


def test_words_that_are_no_url_are_not_linked(open_admin: OpenPage, edna: User) -> None:
    article = newsroom.draft(body="<p>the vote</p>", by=edna)
    page = edit(open_admin, edna, article)
    page.keyboard.press("Control+k")
    page.keyboard.type("nothing has this title")
    expect(page.locator(DIALOG).get_by_role("option")).to_have_count(0)
    page.keyboard.press("Enter")
    expect(page.locator(f"{DIALOG} [name=href]")).to_have_attribute("aria-invalid", "true")
    assert "<a" not in page.input_value("#id_body")


def test_enter_before_the_results_arrive_chooses_nothing(open_admin: OpenPage, edna: User) -> None:
    newsroom.published("The council votes")
    page = edit(open_admin, edna, newsroom.draft(body="<p>the vote</p>", by=edna))
    page.keyboard.press("Control+k")
    expect(page.locator(DIALOG).get_by_role("option").first).to_be_visible()
    page.locator(f"{DIALOG} [name=href]").fill("something else")
    page.keyboard.press("Enter")
    expect(page.locator(DIALOG)).to_be_visible()
    assert "<a" not in page.input_value("#id_body")


def test_a_search_that_fails_says_so_and_takes_a_url(open_admin: OpenPage, edna: User) -> None:
    article = newsroom.draft(body="<p>the vote</p>", by=edna)
    page = edit(open_admin, edna, article)
    page.route("**/article/links/**", lambda route: route.fulfill(status=500))
    page.keyboard.press("Control+k")
    page.keyboard.type("vote")
    expect(page.locator(DIALOG).get_by_role("status")).to_contain_text("URL")
    page.locator(f"{DIALOG} [name=href]").fill("example.org")
    page.keyboard.press("Enter")
    assert page.input_value("#id_body") == '<p><a href="https://example.org">the vote</a></p>'


def test_the_dialog_is_accessible(open_admin: OpenPage, edna: User) -> None:
    newsroom.published("The council votes")
    article = newsroom.draft("Drill", body="<p>the vote</p>", by=edna)
    page = edit(open_admin, edna, article)
    page.keyboard.press("Control+k")
    page.keyboard.type("council")
    expect(page.locator(DIALOG).get_by_role("option")).to_have_count(1)
    assert complaints_in_every_look(page, DESKTOP, PHONE) == []


def test_the_text_of_a_newsletter_links_by_reference(open_admin: OpenPage, edna: User) -> None:
    vote, later = newsroom.published("The council votes"), newsroom.draft("Later")
    draft = issue("What moved", vote, introduction="<p>the vote</p>")
    page = open_admin(edna, f"/admin/newsletter/issue/{draft.pk}/change/")
    page.locator("[role=textbox][aria-label=Introduction]").click()
    page.keyboard.press("Control+a")
    page.keyboard.press("Control+k")
    options = page.locator(DIALOG).get_by_role("option")
    expect(options.filter(has_text=later.headline)).to_have_count(1)
    options.filter(has_text=vote.headline).click()
    preview = page.frame_locator(".issue-live iframe:last-of-type")
    expect(preview.locator(f".words a[href$='{vote.get_absolute_url()}']")).to_have_count(1)
    with page.expect_navigation():
        page.click(".issue-bar-end [name=_continue]")
    draft.refresh_from_db()
    assert draft.introduction == f'<p><a href="internal:article/{vote.pk}">the vote</a></p>'
    writing = page.locator("[role=textbox][aria-label=Introduction]")
    expect(writing.locator("a")).to_have_attribute("title", vote.headline)
