"""The publication's appearance, set in the admin and shown to readers."""

from collections.abc import Callable
from pathlib import Path

import pytest
from django.test import Client
from playwright.sync_api import Page, expect

from accounts.models import User
from articles.pages import saving
from articles.pages.models import Page as StandingPage
from iria.publication.models import Publication
from tests import newsroom
from tests.browser.checkers import accessibility_complaints, html_complaints
from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.iria.publication.test_logos import file

pytestmark = pytest.mark.browser

FORM = "/admin/iria/publication/1/change/"


def row(page: Page, menu: str, number: int) -> Callable[[str], str]:
    """The selector of a control in a row of a menu; the row is added if necessary."""
    rows = page.locator(f"#id_{menu} > li")
    for _ in range(rows.count(), number + 1):
        page.click(f"#id_{menu} + .ordered-add")
    expect(rows).to_have_count(number + 1)
    return lambda part: f"#id_{menu} > li:nth-child({number + 1}) [name={menu}-{part}]"


def test_an_administrator_changes_the_appearance_of_the_publication(
    open_admin: Callable[..., Page], open_page: OpenPage, chief: User, tmp_path: Path
) -> None:
    Publication(name="Meridian", tagline="Notes on a crowded world").save()
    asia = newsroom.category("Asia")
    newsroom.category("Japan", parent=asia)
    saving.save(StandingPage(title="About us", path="about", is_published=True))
    logo = tmp_path / "logo.png"
    logo.write_bytes(file(800, 160))
    page = open_admin(chief, FORM)
    first, second = row(page, "header_menu", 0), row(page, "header_menu", 1)
    page.select_option(first("target"), label="Asia")
    page.select_option(second("target"), label="Japan")
    page.select_option(second("level"), "below")
    third = row(page, "header_menu", 2)
    page.select_option(third("target"), label="URL")
    page.fill(third("address"), "/newsletter/")
    page.fill(third("label"), "Letter")
    page.click("#id_header_menu > li:nth-child(3) >> text=↑")
    rows = page.locator("#id_header_menu > li")
    rows.nth(1).locator(".ordered-grip").drag_to(rows.first, target_position={"x": 9, "y": 4})
    page.select_option(row(page, "footer_menu", 0)("target"), label="About us")
    page.set_input_files("#id_logo", str(logo))
    page.fill("#id_accent", "#ffcc00")
    page.click("[name=_continue]")
    nearest = page.locator(".field-accent .errorlist").inner_text().rsplit(" ", 1)[1].rstrip(".")
    page.fill("#id_accent", nearest)
    page.set_input_files("#id_logo", str(logo))
    page.click("[name=_continue]")
    expect(page.locator(".messagelist")).to_contain_text("changed successfully")
    _assert_visible_to_readers(open_page, tmp_path)


def _assert_visible_to_readers(open_page: OpenPage, folder: Path) -> None:
    page = open_page("/", size=DESKTOP, scripts=False)
    expect(page.locator(".sections-row > ul > li > a")).to_have_text(["Letter", "Asia"])
    expect(page.get_by_role("img", name="Meridian")).to_be_visible()
    japan = page.locator(".sections-menu").get_by_role("link", name="Japan")
    expect(japan).to_be_hidden()
    page.locator(".sections-menu > summary").click()
    expect(japan).to_be_visible()
    expect(page.locator("footer").get_by_role("link", name="About us")).to_be_visible()
    # axe sets style attributes; the policy is tested above.
    for size, scheme in ((PHONE, "dark"), (DESKTOP, "light")):
        seen = open_page("/", size=size, scheme=scheme, bypass_csp=True)
        seen.locator(".sections-menu > summary").click()
        expect(seen.locator(".sections-menu").get_by_role("link", name="Japan")).to_be_visible()
        assert accessibility_complaints(seen) == []
        assert seen.evaluate("document.documentElement.scrollWidth <= innerWidth")
    html = Client().get("/").content.decode()
    assert html_complaints({"front page": html}, folder) == []
