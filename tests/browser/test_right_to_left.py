"""The admin in a language that is written from right to left: the pages mirror."""

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from tests import newsroom
from tests.browser.conftest import DESKTOP, PHONE, OpenPage

pytestmark = pytest.mark.browser

SIDEWAYS = "document.documentElement.scrollWidth > document.documentElement.clientWidth"


def turn(route: Route) -> None:
    """The page as Django sends it in Arabic, for which there is no catalogue in a test."""
    response = route.fetch()
    if response.headers.get("content-type", "").startswith("text/html"):
        page = response.text().replace('dir="ltr"', 'dir="rtl"', 1)
        route.fulfill(response=response, body=page)
    else:
        route.fulfill(response=response)


def start_of(page: Page, selector: str) -> float:
    box = page.locator(selector).first.bounding_box()
    assert box is not None
    return box["x"]


@pytest.mark.parametrize("size", [DESKTOP, PHONE])
def test_pages_mirror_and_do_not_scroll_sideways(
    open_admin: OpenPage, edna: User, size: dict[str, int]
) -> None:
    article = newsroom.draft(lead_image=newsroom.picture())
    page = open_admin(edna, "/admin/", size=size)
    page.route("**/admin/**", turn)
    change = f"/admin/articles/article/{article.pk}/change/"
    for path in ("/admin/", "/admin/articles/article/", "/admin/articles/comment/", change):
        page.goto(path)
        assert not page.evaluate(SIDEWAYS), path
    icon = page.locator("[href$='#back']").locator("xpath=..")
    assert icon.first.evaluate("icon => getComputedStyle(icon).scale") == "-1 1"
    if size == DESKTOP:
        assert start_of(page, "#nav-sidebar") > start_of(page, "#id_headline")


def test_an_arabic_text_is_written_from_right_to_left(open_admin: OpenPage, edna: User) -> None:
    article = newsroom.draft("الماء", language="ar")
    page = open_admin(edna, f"/admin/articles/article/{article.pk}/change/")
    for field in ("#id_headline", "#id_standfirst", ".admin-editor-body .ProseMirror"):
        expect(page.locator(field)).to_have_attribute("dir", "rtl")
