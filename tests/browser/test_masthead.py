"""The head and the foot of every page: heights, widths, menus, and nothing that moves."""

import re

import pytest
from django.utils.translation import gettext
from playwright.sync_api import expect

from accounts.models import User
from iria.core.text.language import direction_of, use_language
from iria.core.text.languages import native_name
from iria.publication import menus
from iria.publication.models import current_publication
from tests import newsroom
from tests.browser.conftest import DESKTOP, PHONE, OpenPage

pytestmark = pytest.mark.browser

WIDTHS = (320, 360, 390, 600, 767, 768, 900, 1024, 1280, 1440, 1920)
SECTIONS = (
    "Asia-Pacific",
    "Europe",
    "Middle East and North Africa",
    "Africa",
    "Americas",
    "Security",
    "Economy",
    "Climate and resources",
    "Reports from the field",
    "Interviews",
)


@pytest.fixture
def sections(site: str) -> str:
    publication = current_publication()
    publication.name, publication.languages = "Meridian", "en, fr, ar"
    publication.tagline = "Notes on a crowded world, in many more words than anybody needs"
    menus.save(publication)
    categories = [newsroom.category(name, position=place) for place, name in enumerate(SECTIONS)]
    newsroom.category("Japan", parent=categories[0])
    newsroom.published("The long way", language="en")
    return site


def test_the_header_keeps_its_height_and_the_page_its_width(
    open_page: OpenPage, sections: str
) -> None:
    page = open_page("/")
    for path in ("/", "/language/fr/", "/language/ar/"):
        page.goto(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 800})
            height = page.locator(".masthead").bounding_box()["height"]  # type: ignore[index]
            assert height == (57 if width < 768 else 110), (path, width)
            assert page.evaluate("document.documentElement.scrollWidth <= innerWidth"), width


def test_nothing_moves_while_fonts_and_state_arrive(
    open_page: OpenPage, sections: str, ola: User
) -> None:
    page = open_page("/robots.txt", who=ola, own=True)
    for size in (PHONE, DESKTOP):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        page.goto("/")
        expect(page.locator("sign-in-state bdi").first).to_be_attached()
        shift = page.evaluate(
            """() => new Promise(done => {
              let sum = 0;
              new PerformanceObserver(list => {
                for (const entry of list.getEntries()) sum += entry.value;
              }).observe({ type: "layout-shift", buffered: true });
              setTimeout(() => done(sum), 500);
            })"""
        )
        assert shift < 0.005


def test_the_menu_works_with_the_keyboard(open_page: OpenPage, sections: str) -> None:
    page = open_page("/", size={"width": 768, "height": 800})
    menu = page.locator(".sections-menu")
    menu.locator("summary").focus()
    page.keyboard.press("Enter")
    for name in (*SECTIONS, "Japan", "Topics", "Archive", "Authors", "Corrections", "Newsletter"):
        expect(menu.get_by_role("link", name=name, exact=True)).to_be_visible()
    page.keyboard.press("Tab")
    expect(menu.get_by_role("link", name="Asia-Pacific")).to_be_focused()
    page.keyboard.press("Escape")
    expect(menu.get_by_role("link", name="Asia-Pacific")).to_be_hidden()
    expect(menu.locator("summary")).to_be_focused()


def test_a_section_out_of_sight_is_scrolled_to_when_it_has_the_focus(
    open_page: OpenPage, sections: str
) -> None:
    page = open_page("/", size={"width": 768, "height": 800})
    row = page.locator(".sections-row")
    last = row.get_by_role("link", name="Interviews")
    last.focus()
    inside, outside = last.bounding_box(), row.bounding_box()
    assert inside
    assert outside
    assert inside["y"] == pytest.approx(outside["y"], abs=1)


def test_without_scripts_the_header_leads_everywhere(open_page: OpenPage, sections: str) -> None:
    page = open_page("/", scripts=False)
    head = page.get_by_role("banner")
    head.locator(".search-link").click()
    expect(page).to_have_url(re.compile("/search/$"))
    head.get_by_role("link", name="Subscribe").click()
    expect(page).to_have_url(re.compile("/newsletter/$"))
    page.locator(".sections-menu > summary").click()
    page.locator(".menu-panel").get_by_role("link", name="Japan").click()
    expect(page).to_have_url(re.compile("/category/asia-pacific/japan/$"))


def test_the_search_link_opens_a_field_with_suggestions(open_page: OpenPage, sections: str) -> None:
    page = open_page("/")
    link, field = page.locator(".search-link"), page.locator("#masthead-search")
    expect(link).to_have_attribute("aria-expanded", "false")
    link.click()
    expect(field).to_be_focused()
    expect(link).to_have_attribute("aria-expanded", "true")
    field.press_sequentially("Europe")
    expect(page.get_by_role("option").first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("option")).to_have_count(0)
    page.keyboard.press("Escape")
    expect(field).to_be_hidden()
    expect(link).to_be_focused()


def test_a_signed_in_reader_has_a_menu(open_page: OpenPage, sections: str, ola: User) -> None:
    page = open_page("/", who=ola)
    menu = page.locator(".masthead-tools .person-menu")
    menu.locator("summary").click()
    for path in ("/accounts/profile/", "/comments/mine/", "/newsletter/"):
        expect(menu.locator(f"a[href='{path}']")).to_be_visible()
    menu.get_by_role("link", name="Sign out").click()
    expect(page).to_have_url(re.compile("/accounts/logout/"))


@pytest.mark.parametrize(
    ("size", "scripts"),
    [(PHONE, False), (DESKTOP, True)],
    ids=["phone without scripts", "desktop with scripts"],
)
def test_a_reader_chooses_a_language_in_the_header(
    open_page: OpenPage, sections: str, size: dict[str, int], scripts: bool
) -> None:
    page = open_page("/", size=size, scripts=scripts)
    head, html = page.get_by_role("banner"), page.locator("html")
    menu, links = (
        (".sections-menu", ".menu-person")
        if size == PHONE
        else (".language-menu", ".language-menu")
    )
    for code, path in (("fr", "/language/fr/"), ("ar", "/language/ar/"), ("en", "/")):
        name = native_name(code)
        head.locator(f"{menu} > summary").click()
        head.locator(links).get_by_role("link", name=name).click()
        page.wait_for_url(f"**{path}")
        expect(html).to_have_attribute("lang", code)
        expect(html).to_have_attribute("dir", direction_of(code))
        with use_language(code):
            subscribe = gettext("Subscribe")
        expect(head.get_by_role("link", name=subscribe, exact=True)).to_be_visible()
        expect(head.locator(f"{links} [aria-current]")).to_have_text(name)
    assert page.context.cookies() == []
