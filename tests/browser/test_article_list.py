"""The list of articles: views, status and cards on phones."""

import pytest
from playwright.sync_api import expect

from accounts.models import User
from articles.editorial.versions import drafts
from tests import newsroom
from tests.browser.checkers import complaints_in_every_look
from tests.browser.conftest import DESKTOP, PHONE, OpenPage

pytestmark = pytest.mark.browser

LIST = "/admin/articles/article/"


def test_the_list_fits_the_screen_and_is_accessible(open_admin: OpenPage, edna: User) -> None:
    news = newsroom.category("News")
    changed = newsroom.published(
        "Pacific fisheries ministers agree on a common pool of observers",
        lead_image=newsroom.picture(),
        authors=[newsroom.author("Ines Faro")],
        categories=[news],
    )
    drafts.save(changed, {"headline": "Changed"}, by=edna)
    newsroom.draft("A quiet week at the strait", categories=[news])
    page = open_admin(edna, LIST, reduced_motion="reduce")
    row = page.locator("#result_list tbody tr").first
    sizes = [DESKTOP, PHONE, {"width": 320, "height": 640}]
    for size in sizes:
        page.set_viewport_size(size)  # type: ignore[arg-type]
        box, badge = (
            row.locator(each).bounding_box() for each in (".action-select", ".field-status_badge")
        )
        assert box is not None
        assert badge is not None
        assert box["x"] + box["width"] <= badge["x"]
    assert complaints_in_every_look(page, *sizes) == []
    page.get_by_role("navigation", name="Views").get_by_role("link", name="Drafts").click()
    expect(page.locator("#result_list tbody tr")).to_have_count(1)
    page.locator("#result_list tbody th a").click()
    expect(page.locator("#id_headline")).to_have_value("A quiet week at the strait")


def test_the_list_is_used_with_single_keys(open_admin: OpenPage, edna: User) -> None:
    for headline in ("First", "Second", "Third"):
        newsroom.draft(headline, by=edna)
    page = open_admin(edna, LIST)
    links = page.locator("#result_list tbody th a")
    for key, at in (("j", 0), ("j", 1), ("j", 2), ("j", 2), ("k", 1)):
        page.keyboard.press(key)
        expect(links.nth(at)).to_be_focused()
    page.keyboard.press("x")
    expect(page.locator(".action-select:checked")).to_have_count(1)
    expect(page.locator("#result_list tbody tr").nth(1).locator(".action-select")).to_be_checked()
    page.keyboard.press("Escape")
    expect(page.locator(".action-select:checked")).to_have_count(0)
    page.keyboard.press("/")
    expect(page.locator("#searchbar")).to_be_focused()
    page.keyboard.type("j n x")
    expect(page.locator("#searchbar")).to_have_value("j n x")
    links.nth(1).focus()
    page.keyboard.press("Enter")
    expect(page.locator("#id_headline")).to_have_value("Second")
    page.goto(LIST)
    page.keyboard.press("n")
    page.wait_for_url("**/article/add/")


def test_single_keys_can_be_switched_off(open_admin: OpenPage, edna: User) -> None:
    newsroom.draft("First", by=edna)
    page = open_admin(edna, LIST)
    page.locator(".admin-account > summary").click()
    page.get_by_label("Single-key shortcuts").uncheck()
    page.reload()
    page.keyboard.press("j")
    page.keyboard.press("[")
    expect(page.locator("#result_list tbody th a")).not_to_be_focused()
    expect(page.locator("#nav-sidebar")).to_have_css("width", "236px")
    page.locator(".admin-account > summary").click()
    expect(page.get_by_label("Single-key shortcuts")).not_to_be_checked()


def test_the_sidebar_is_narrowed_by_a_key_and_stays_so(open_admin: OpenPage, edna: User) -> None:
    page = open_admin(edna, LIST)
    sidebar = page.locator("#nav-sidebar")
    page.keyboard.press("[")
    expect(sidebar).to_have_css("width", "56px")
    page.goto("/admin/articles/category/")
    expect(sidebar).to_have_css("width", "56px")
    expect(page.get_by_role("link", name="Comments")).to_have_attribute("title", "Comments")
    assert complaints_in_every_look(page, DESKTOP) == []
    page.locator(".admin-account > summary").click()
    page.get_by_role("button", name="sidebar").click()
    page.reload()
    expect(sidebar).to_have_css("width", "236px")
