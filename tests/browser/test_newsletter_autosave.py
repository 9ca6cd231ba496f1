"""Nothing that an editor types into a newsletter issue is lost."""

import pytest
from django.conf import settings
from playwright.sync_api import Page, expect

from accounts.models import User
from newsletter.models import Issue
from tests import newsroom
from tests.browser.checkers import accessibility_complaints
from tests.browser.conftest import OpenPage, sign_in
from tests.browser.test_autosave import NOTICE, SAVED, notice_button, saved
from tests.newsletter.factories import issue

pytestmark = pytest.mark.browser

ADD = "/admin/newsletter/issue/add/"
INTRODUCTION = "[role=textbox][aria-label=Introduction]"


def url_of(draft: Issue) -> str:
    return f"/admin/newsletter/issue/{draft.pk}/change/"


def write(page: Page, words: str) -> None:
    page.locator(INTRODUCTION).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(words)


def test_a_new_issue_is_saved_while_it_is_written(open_admin: OpenPage, edna: User) -> None:
    article = newsroom.published("Ferries at the strait")
    page = open_admin(edna, ADD)
    assert saved(page, lambda: page.fill("#id_subject", "What moved")) == 200
    draft = Issue.objects.get()
    assert page.url.endswith(url_of(draft))
    saved(page, lambda: write(page, "Good morning."))
    saved(page, lambda: page.click(f"text={article.headline}"))
    saved(page, lambda: page.locator(".issue-heading").first.fill("At sea"))
    expect(page.locator("[data-save-shown]")).to_have_text(SAVED)
    draft.refresh_from_db()
    assert (draft.subject, draft.introduction) == ("What moved", "<p>Good morning.</p>")
    assert [(item.article, item.heading) for item in draft.items.all()] == [(article, "At sea")]
    page.reload()
    expect(page.locator(INTRODUCTION)).to_have_text("Good morning.")
    expect(page.locator(NOTICE)).to_be_hidden()
    assert Issue.objects.count() == 1


def test_text_of_a_closed_tab_is_offered_again(open_admin: OpenPage, edna: User) -> None:
    draft = issue("What moved", introduction="<p>Good morning.</p>")
    page = open_admin(edna, url_of(draft))
    # A killed tab sends nothing, but Playwright closes tabs in an orderly way.
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    write(page, " Two things")
    page.wait_for_timeout(400)
    again = page.context.new_page()
    page.close()
    again.goto(url_of(draft))
    expect(again.locator(INTRODUCTION)).to_have_text("Good morning.")
    assert accessibility_complaints(again) == []
    assert saved(again, lambda: notice_button(again, 0)) == 200
    expect(again.locator(INTRODUCTION)).to_have_text("Good morning. Two things")
    draft.refresh_from_db()
    assert draft.introduction == "<p>Good morning. Two things</p>"
    assert draft.items.count() == 1
    again.reload()
    expect(again.locator(NOTICE)).to_be_hidden()


def test_saving_goes_on_after_signing_in_again(open_admin: OpenPage, edna: User) -> None:
    draft = issue("What moved")
    page = open_admin(edna, url_of(draft))
    # The sign-in page may not be shown in the frame of the preview; the browser says so.
    page.route("**/issue/live/**", lambda route: route.abort())
    page.context.clear_cookies(name=settings.SESSION_COOKIE_NAME)
    write(page, "Written after midnight.")
    expect(page.locator(NOTICE)).to_be_visible()
    other_tab = page.context.new_page()
    other_tab.goto("/healthz")
    sign_in(other_tab, edna)
    expect(page.locator(NOTICE)).to_be_hidden(timeout=20_000)
    expect(page.locator("[data-save-shown]")).to_have_text(SAVED)
    draft.refresh_from_db()
    assert "after midnight" in draft.introduction


def test_two_tabs_do_not_overwrite_each_other(open_admin: OpenPage, edna: User) -> None:
    draft = issue("What moved")
    page = open_admin(edna, url_of(draft))
    other = page.context.new_page()
    other.goto(url_of(draft))
    saved(page, lambda: page.fill("#id_subject", "From the first tab"))
    assert saved(other, lambda: other.fill("#id_subject", "From the second tab")) == 409
    other.click(".issue-bar-end [name=_continue]")
    expect(other.locator(NOTICE)).to_be_visible()
    draft.refresh_from_db()
    assert draft.subject == "From the first tab"
    assert saved(other, lambda: notice_button(other, 0)) == 200
    draft.refresh_from_db()
    assert draft.subject == "From the second tab"
