"""Nothing that an editor types is lost, and the page always says what is saved."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from articles.editorial.models import Article, Draft
from articles.editorial.publishing import publish_due_changes
from articles.editorial.versions import drafts
from tests import newsroom
from tests.articles.editorial.admin.forms import change_url
from tests.browser.article_form import publish
from tests.browser.conftest import OpenPage

pytestmark = pytest.mark.browser

ADD = "/admin/articles/article/add/"
TEXT = ".admin-editor-body .ProseMirror"
SAVED = re.compile(r"^Saved( \d+ (s|min) ago)?$")
NOTICE = "[data-save-notice]"
AUTOSAVES = "**/autosave/"


def saved(page: Page, action: Callable[[], object]) -> int:
    """Does something, and waits for the save that follows; returns the status of its answer."""
    with page.expect_response(AUTOSAVES) as answer:
        action()
    status = answer.value.status
    expect(page.locator("[data-save-shown]")).not_to_have_text("Saving")
    return status


def write(page: Page, words: str) -> None:
    page.locator(TEXT).click()
    page.keyboard.type(words)


def notice_button(page: Page, number: int) -> None:
    page.locator(f"{NOTICE} button").nth(number).click()


def test_a_new_article_is_saved_while_it_is_written(open_admin: OpenPage, edna: User) -> None:
    page = open_admin(edna, ADD)
    page.fill("#id_headline", "  ")
    page.wait_for_timeout(2_500)
    assert not Article.objects.exists()
    assert saved(page, lambda: page.fill("#id_headline", "A quiet week")) == 200
    article = Article.objects.get()
    assert (article.headline, article.created_by) == ("A quiet week", edna)
    assert page.url.endswith(change_url(article))
    saved(page, lambda: write(page, "The ferries ran on time."))
    article.refresh_from_db()
    assert article.body == "<p>The ferries ran on time.</p>"
    assert article.revisions.count() == 1
    page.reload()
    expect(page.locator(TEXT)).to_have_text("The ferries ran on time.")


def test_saving_by_keyboard_moves_nothing(open_admin: OpenPage, edna: User) -> None:
    article = newsroom.draft(body="<p>Words.</p>" * 80)
    page = open_admin(edna, change_url(article))
    page.locator(f"{TEXT} p").nth(70).click()
    page.keyboard.type("New ")
    before = page.evaluate("[scrollX, scrollY, document.activeElement.className]")
    assert saved(page, lambda: page.keyboard.press("Control+s")) == 200
    assert page.evaluate("[scrollX, scrollY, document.activeElement.className]") == before
    assert "New" in Article.objects.get().body


def test_a_published_article_stays_as_it_is_until_its_changes_are_published(
    open_admin: OpenPage, edna: User
) -> None:
    article = newsroom.published("As published", body="<p>First.</p>")
    page = open_admin(edna, change_url(article))
    names = ("[name=_discard]", ".admin-preview", ".admin-schedule")
    offered = [page.locator(f"#tab-publish {each}") for each in names]
    for each in offered:
        expect(each).to_be_hidden()
    saved(page, lambda: page.fill("#id_headline", "Half a sen"))
    for each in offered:
        expect(each).to_be_visible()
    assert Article.objects.published().get().headline == "As published"
    page.reload()
    expect(page.locator("#id_headline")).to_have_value("Half a sen")
    publish(page)
    expect(page.locator("#tab-publish [name=_discard]")).to_be_hidden()
    assert Article.objects.published().get().headline == "Half a sen"
    assert not Draft.objects.exists()


def test_readers_see_the_old_text_until_a_scheduled_change_is_due(
    open_admin: OpenPage, open_page: OpenPage, edna: User
) -> None:
    article = newsroom.published("Before", authors=[newsroom.author("Ines Faro")])
    page = open_admin(edna, change_url(article))
    saved(page, lambda: page.fill("#id_headline", "After"))
    page.locator("#tab-publish .admin-schedule > summary").click()
    tomorrow = timezone.localtime() + timedelta(days=1)
    page.fill("#id_schedule_for", f"{tomorrow:%Y-%m-%dT%H:%M}")
    page.locator("#tab-publish [name=_schedule]").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    reader = open_page(article.get_absolute_url())
    assert publish_due_changes() == 0
    reader.reload()
    expect(reader.locator("h1")).to_have_text("Before")
    # As if the day had passed.
    Draft.objects.update(publish_at=timezone.now())
    assert publish_due_changes() == 1
    reader.reload()
    expect(reader.locator("h1")).to_have_text("After")


def test_text_of_a_closed_tab_is_offered_again(open_admin: OpenPage, edna: User) -> None:
    article = newsroom.draft(body="<p>Saved before.</p>")
    page = open_admin(edna, change_url(article))
    # A killed tab sends nothing, but Playwright closes tabs in an orderly way.
    page.evaluate("() => { window.fetch = () => new Promise(() => {}); }")
    page.locator(TEXT).click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" And in mid-sent")
    page.wait_for_timeout(400)
    again = page.context.new_page()
    page.close()  # without the questions that a browser asks before leaving
    again.goto(change_url(article))
    expect(again.locator(TEXT)).to_have_text("Saved before.")
    notice_button(again, 0)
    expect(again.locator(f"{NOTICE} ins")).to_have_text("And in mid-sent")
    assert saved(again, lambda: notice_button(again, 1)) == 200
    expect(again.locator(TEXT)).to_have_text("Saved before. And in mid-sent")
    assert "mid-sent" in Article.objects.get().body
    again.reload()
    expect(again.locator(NOTICE)).to_be_hidden()


@pytest.mark.parametrize("leaving", ["back", "reload", "close"])
def test_text_is_not_lost_on_leaving_the_page(
    leaving: str, open_admin: OpenPage, edna: User
) -> None:
    """The browser asks first; an editor who leaves all the same finds the text saved or offered."""
    article = newsroom.draft(body="<p>Saved before.</p>")
    page = open_admin(edna)
    page.goto(change_url(article))
    write(page, "At once. ")
    page.wait_for_timeout(250)
    page.on("dialog", lambda dialog: dialog.accept())
    if leaving == "back":
        page.go_back()
    elif leaving == "reload":
        page.reload()
    else:
        other, page = page, page.context.new_page()
        other.close(run_before_unload=True)
    page.wait_for_timeout(1_000)
    page.goto(change_url(article))
    if "At once." not in page.locator(TEXT).inner_text():
        saved(page, lambda: notice_button(page, 1))
    expect(page.locator(TEXT)).to_contain_text("At once.")
    article.refresh_from_db()
    assert "At once." in article.body


@pytest.mark.parametrize("answer", ["nothing", "503"])
def test_text_written_during_an_outage_is_saved_afterwards(
    answer: str, open_admin: OpenPage, edna: User
) -> None:
    article = newsroom.draft()
    page = open_admin(edna, change_url(article))

    def fail(route: Route) -> None:
        if answer == "nothing":
            route.abort()
        else:
            route.fulfill(status=503, headers={"Retry-After": "3"}, body="Down")

    page.route(AUTOSAVES, fail)
    page.fill("#id_headline", "Written during an outage")
    expect(page.locator("[data-save-state].admin-lacks")).to_be_visible()
    page.fill("#id_headline", "Written during a long outage")
    page.unroute(AUTOSAVES)
    expect(page.locator("[data-save-shown]")).to_have_text(SAVED)
    article.refresh_from_db()
    assert article.headline == "Written during a long outage"


def test_a_deleted_article_is_saved_as_a_new_one(open_admin: OpenPage, edna: User) -> None:
    article = newsroom.draft("Deleted meanwhile")
    page = open_admin(edna, change_url(article))
    Article.objects.all().delete()
    assert saved(page, lambda: page.fill("#id_headline", "Still here")) == 404
    assert saved(page, lambda: notice_button(page, 0)) == 200
    assert Article.objects.get().headline == "Still here"


def test_a_text_that_is_too_long_stays_in_the_form_with_a_message(
    open_admin: OpenPage, edna: User
) -> None:
    article = newsroom.draft("First", body="<p>Saved.</p>")
    page = open_admin(edna, change_url(article))
    page.fill("#id_headline", "Saved too")
    page.evaluate(
        """() => {
            const area = document.querySelector("textarea[name=body]");
            area.value = `<p>${"word ".repeat(230_000)}</p>`;
            area.dispatchEvent(new Event("input", { bubbles: true }));
        }"""
    )
    expect(page.locator("[data-save-state].admin-lacks")).to_be_visible()
    article.refresh_from_db()
    assert (article.headline, article.body) == ("Saved too", "<p>Saved.</p>")


def test_a_slow_response_is_announced_and_saved(open_admin: OpenPage, edna: User) -> None:
    article = newsroom.draft("First")
    page = open_admin(edna, change_url(article))
    requests: list[Route] = []
    page.route(AUTOSAVES, lambda route: requests.append(route))
    page.clock.install()
    page.fill("#id_headline", "Sent slowly")
    page.clock.run_for(2_500)
    page.wait_for_timeout(100)
    page.clock.run_for(38_000)
    assert len(requests) == 1
    expect(page.locator("[data-save-shown]")).to_contain_text("slow")
    page.fill("#id_headline", "Sent slowly, and written on")
    requests[0].continue_()
    page.unroute(AUTOSAVES)
    page.wait_for_timeout(500)
    page.clock.run_for(3_000)
    expect(page.locator("[data-save-shown]")).to_have_text(SAVED)
    assert Article.objects.get().headline == "Sent slowly, and written on"


def test_a_wrong_clock_changes_neither_the_saved_text_nor_the_status(
    open_admin: OpenPage, edna: User
) -> None:
    article = newsroom.draft("First")
    opened = timezone.now()
    page = open_admin(edna, change_url(article))
    for year in (1999, 2099, 2001):
        page.clock.set_fixed_time(datetime(year, 1, 1, tzinfo=UTC))
        assert saved(page, lambda year=year: page.fill("#id_headline", f"In {year}")) == 200  # type: ignore[misc]
        expect(page.locator("[data-save-shown]")).to_have_text(SAVED)
    article.refresh_from_db()
    assert article.headline == "In 2001"
    # The autosaves are one revision, with the time of the server.
    latest = article.revisions.latest("pk")
    assert opened <= latest.last_saved <= timezone.now()
    page.reload()
    expect(page.locator(NOTICE)).to_be_hidden()


def test_publishing_sends_the_last_words_too(open_admin: OpenPage, edna: User) -> None:
    article = newsroom.draft("First")
    page = open_admin(edna, change_url(article))
    page.fill("#id_headline", "Typed just before")
    publish(page)
    expect(page.locator("[name=_unpublish]").last).to_be_visible()
    assert Article.objects.published().get().headline == "Typed just before"


def test_a_version_is_restored_from_the_history(open_admin: OpenPage, edna: User) -> None:
    lead, inside = newsroom.picture(), newsroom.picture()
    body = f'<p>One.</p><figure data-image="{inside.pk}">At the quay</figure>'
    article = newsroom.published("First", body=body, lead_image=lead)
    changed = {"headline": "Second", "body": "<p>Two.</p>", "lead_image_id": None}
    drafts.save(article, changed, by=edna)
    page = open_admin(edna, f"/admin/articles/article/{article.pk}/versions/2/")
    page.get_by_role("button", name="Headline").click()
    expect(page.locator("#id_headline")).to_have_value("Second")
    page.goto(f"/admin/articles/article/{article.pk}/versions/1/")
    page.click("#content-main > form[method=post] button")
    expect(page.locator("#id_headline")).to_have_value("First")
    expect(page.locator(TEXT)).to_contain_text("One.")
    expect(page.locator(f"{TEXT} figure")).to_have_count(1)
    expect(page.locator("#id_lead_image")).to_have_value(str(lead.pk))
    assert Article.objects.published().get().headline == "First"


def test_staff_open_the_form_from_the_page(open_admin: OpenPage, edna: User, ola: User) -> None:
    article = newsroom.published()
    page = open_admin(edna, article.get_absolute_url())
    page.locator(".masthead-tools .person-menu > summary").click()
    page.locator(".masthead-tools [data-edit-link]").click()
    page.wait_for_url(f"**{change_url(article)}")
    page = open_admin(ola, article.get_absolute_url())
    expect(page.locator(".masthead-tools .person-menu")).to_be_visible()
    expect(page.locator("[data-edit-link]")).to_have_count(0)
