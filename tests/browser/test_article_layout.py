"""The article form around its fields: the bar, the tabs of the sidebar, and phones."""

from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from articles.editorial.models import Article
from tests import newsroom
from tests.articles.editorial.admin.forms import ADD, change_url
from tests.browser.article_form import add_choice, chips, open_menu, open_tab, publish, save_draft
from tests.browser.checkers import WIDER, accessibility_complaints, complaints_in_every_look
from tests.browser.conftest import DESKTOP, PHONE, OpenPage

pytestmark = pytest.mark.browser

SMALL = {"width": 320, "height": 640}
NARROW = {"width": 1000, "height": 800}
SIDEBAR = "#article-sidebar"
DIALOG = "dialog[open]"
TEXT = ".admin-editor-body .ProseMirror"


def ready(**fields: Any) -> Article:
    """A draft that can be published."""
    return newsroom.draft(categories=[newsroom.category("News")], **fields)


def has_focus(page: Page, selector: str) -> bool:
    return bool(
        page.evaluate("selector => document.activeElement.closest(selector) !== null", selector)
    )


def test_publishing_is_confirmed_in_a_dialog(open_admin: OpenPage, edna: User) -> None:
    article = ready(body="<p>Words.</p>")
    page = open_admin(edna, change_url(article))
    page.click("[data-publish]")
    expect(page.locator(DIALOG)).to_contain_text(article.headline)
    assert accessibility_complaints(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(DIALOG)).to_have_count(0)
    assert has_focus(page, "[data-publish]")
    assert not Article.objects.published().exists()
    page.locator(TEXT).click()
    page.keyboard.press("Control+Enter")
    expect(page.locator(DIALOG)).to_be_visible()
    page.click(f"{DIALOG} [data-press=_publish]")
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert Article.objects.published().get().body == "<p>Words.</p>"


def test_what_is_missing_is_shown_in_the_checklist_instead(
    open_admin: OpenPage, edna: User
) -> None:
    newsroom.category("News")
    page = open_admin(edna, ADD)
    expect(page.get_by_role("tab", name="Checklist")).to_contain_text("3")
    page.fill("#id_headline", "A quiet week")
    page.click("[data-publish]")
    expect(page.get_by_role("tab", name="Checklist")).to_have_attribute("aria-selected", "true")
    expect(page.locator("[data-required]")).to_have_attribute("data-required", "2")
    page.locator(f"{SIDEBAR} a[href$='#id_body']").click()
    assert has_focus(page, TEXT)
    page.keyboard.type("The ferries ran on time.")
    page.locator(f"{SIDEBAR} a[href$='#id_chosen_categories_0']").click()
    assert has_focus(page, "#id_chosen_categories_0")
    add_choice(page, "chosen_categories", "News")
    publish(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert Article.objects.published().get().headline == "A quiet week"


def test_a_live_article_has_nothing_to_publish_until_it_changes(
    open_admin: OpenPage, edna: User
) -> None:
    article = newsroom.published()
    page = open_admin(edna, change_url(article))
    expect(page.locator("[data-publish]")).to_be_disabled()
    expect(page.locator(".admin-state-detail")).to_be_hidden()
    page.fill("#id_headline", "Changed")
    expect(page.locator("[data-publish]")).to_be_enabled()
    expect(page.locator(".admin-state-detail")).to_be_visible()
    publish(page)
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert Article.objects.published().get().headline == "Changed"


def test_the_tab_with_an_error_opens_and_the_summary_leads_to_the_field(
    open_admin: OpenPage, edna: User
) -> None:
    page = open_admin(edna, change_url(ready()))
    open_tab(page, "Details")
    add_choice(page, "tags", "feed")
    open_tab(page, "History")
    save_draft(page)
    details = page.get_by_role("tab", name="Details")
    expect(details).to_have_attribute("aria-selected", "true")
    expect(details).to_contain_text("1")
    page.locator("[data-form-errors] a[href='#id_tags']").click()
    assert has_focus(page, "#id_tags")
    assert chips(page, "tags") == ["feed"]


def test_keys_move_between_text_toolbar_and_sidebar(open_admin: OpenPage, edna: User) -> None:
    page = open_admin(edna, change_url(ready(body="<p>Words.</p>")))
    page.locator(TEXT).click()
    page.keyboard.press("F6")
    assert has_focus(page, ".admin-editor-body [role=toolbar]")
    page.keyboard.press("F6")
    assert has_focus(page, "[role=tab]")
    page.keyboard.press("ArrowRight")
    expect(page.get_by_role("tab", name="Details")).to_be_focused()
    expect(page.locator("#tab-details")).to_be_visible()
    page.keyboard.press("End")
    expect(page.get_by_role("tab", name="History")).to_be_focused()
    page.keyboard.press("Shift+F6")
    page.keyboard.press("Shift+F6")
    assert has_focus(page, TEXT)
    page.keyboard.press("Shift+F6")
    assert has_focus(page, "[role=tab]")
    page.keyboard.press("F6")
    assert has_focus(page, TEXT)
    page.keyboard.press("Control+.")
    expect(page.locator(SIDEBAR)).to_be_hidden()
    page.keyboard.press("Control+.")
    expect(page.locator(SIDEBAR)).to_be_visible()
    assert has_focus(page, "[role=tab]")
    page.keyboard.press("Control+.")
    assert has_focus(page, TEXT)


def test_the_sidebar_opens_over_the_text_where_there_is_no_room_beside_it(
    open_admin: OpenPage, edna: User
) -> None:
    page = open_admin(edna, change_url(ready()), size=NARROW)
    expect(page.locator(SIDEBAR)).to_be_hidden()
    page.click("[data-sidebar-toggle]")
    expect(page.locator(SIDEBAR)).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.locator(SIDEBAR)).to_be_hidden()
    assert has_focus(page, "[data-sidebar-toggle]")
    page.locator("[data-kicker] a").first.click()
    assert has_focus(page, "#id_chosen_categories_0")
    page.set_viewport_size(DESKTOP)  # type: ignore[arg-type]
    page.click("[data-sidebar-toggle]")
    expect(page.locator(SIDEBAR)).to_be_hidden()


def test_an_editor_publishes_on_a_phone(open_admin: OpenPage, edna: User) -> None:
    page = open_admin(edna, change_url(ready(body="<p>Words.</p>")), size=SMALL)
    for selector in ("[data-publish]", "[data-sidebar-toggle]", ".article-menu > summary"):
        box = page.locator(selector).bounding_box()
        assert box is not None
        assert min(box["width"], box["height"]) >= 44, selector
    page.click("[data-sidebar-toggle]")
    expect(page.locator("#tab-details")).to_be_visible()
    assert not page.evaluate(WIDER)
    assert accessibility_complaints(page) == []
    page.keyboard.press("Escape")
    expect(page.locator(SIDEBAR)).to_be_hidden()
    page.click("[data-publish]")
    expect(page.locator("#tab-publish")).to_be_visible()
    page.click("#tab-publish [data-press=_publish]")
    expect(page.locator(".messagelist .success")).to_be_visible()
    assert Article.objects.published().exists()


def test_without_scripts_every_section_is_shown(open_admin: OpenPage, edna: User) -> None:
    article = ready(body="<p>Words.</p>")
    for size in (DESKTOP, PHONE):
        page = open_admin(edna, change_url(article), scripts=False, size=size)
        for tab in ("publish", "details", "checklist", "history"):
            expect(page.locator(f"#tab-{tab}")).to_be_visible()
    page.fill("#id_headline", "Saved without a script")
    save_draft(page)
    assert Article.objects.get().headline == "Saved without a script"
    open_menu(page)
    page.click("[data-menu] a[href='#id_schedule_for']")
    page.fill("#id_schedule_for", "2090-01-01T10:00")
    page.click("[name=_schedule]")
    assert Article.objects.get().state == Article.State.SCHEDULED
    expect(page.locator(".article-bar .admin-scheduled")).to_be_visible()


def test_every_tab_is_accessible(open_admin: OpenPage, edna: User) -> None:
    article = newsroom.published(authors=[newsroom.author("Ines Faro")], tags=["x"])
    page = open_admin(edna, change_url(article), reduced_motion="reduce")
    for name in ("Publish", "Details", "Checklist", "History"):
        open_tab(page, name)
        folded = page.locator(f"#tab-{name.lower()} details")
        folded.evaluate_all("all => all.forEach(each => { each.open = true; })")
        assert complaints_in_every_look(page, DESKTOP) == [], name
