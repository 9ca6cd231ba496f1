"""The front page and lists on screens of every size."""

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from articles.editorial.models import ArticleType, Portrait
from articles.images.library import ingest
from articles.images.models import Image
from articles.public.front_page.models import Placement
from iria.publication.models import current_publication
from tests import newsroom
from tests.browser.checkers import accessibility_complaints
from tests.browser.conftest import PHONE, OpenPage

pytestmark = pytest.mark.browser

WIDTHS = (320, 390, 768, 1280, 1920)
LONG = "Donaudampfschifffahrtsgesellschaftskapitänsmützenabzeichen " * 5


def picture(credit: str = "Nell Sandoval") -> Image:
    file = newsroom.picture_file(width=1500, height=1000)
    return ingest.ingest(file, by=None, alt_text="Cranes at dusk", credit=credit)


@pytest.fixture
def front(site: str) -> None:
    """A front page with every part, a long headline and a name in two scripts."""
    publication = current_publication()
    publication.name, publication.tagline = "Meridian", "Notes on a crowded world"
    publication.save()
    shared = picture()
    hana = newsroom.author("Hana Morishige 森重花")
    Portrait.objects.create(author=hana, image=picture("Ottilie Kern"))
    nobody = newsroom.author("Ines Faro")
    types = {each.slug: each for each in ArticleType.objects.all()}
    # Older than the rest, so that none of the reports is among the first five.
    for number in range(4):
        newsroom.published(
            f"Say it {number}", kind=types["opinion"], authors=[(hana, nobody)[number % 2]]
        )
        newsroom.published(
            f"Report {number}", kind=types["report"], authors=[nobody], lead_image=shared
        )
    for part in range(4):
        section = newsroom.category(
            f"Section {part}", position=part, introduction="Why it matters."
        )
        newsroom.category(f"Part of {part}", parent=section)
        for number in range(8):
            newsroom.published(
                f"Ferry {number} of section {part} leaves before the harbour wakes",
                categories=[section],
                authors=[hana, nobody],
                lead_image=shared,
                kind=types["analysis" if number % 2 else "news"],
            )
    newsroom.published(LONG.strip()[:200], authors=[hana], lead_image=shared)
    newsroom.published(
        "China and Japan hold a joint search-and-rescue drill",
        standfirst="Two cutters spent a day looking for a life raft with nobody in it.",
        authors=[hana],
        lead_image=shared,
    )


def overflow(page: Page) -> int:
    return int(page.evaluate("document.documentElement.scrollWidth - window.innerWidth"))


def test_no_list_is_too_wide_and_the_headline_of_the_lead_is_seen_without_scrolling(
    open_page: OpenPage, front: None
) -> None:
    page = open_page("/")
    for size in (PHONE, {"width": 1280, "height": 800}):
        page.set_viewport_size(size)  # type: ignore[arg-type]
        box = page.locator(".card-lead h2").bounding_box()
        assert box is not None
        assert box["y"] + box["height"] < size["height"]
    for path in ("/", "/category/section-0/", "/author/", "/archive/", "/search/?q=ferry"):
        page.goto(path)
        for width in WIDTHS:
            page.set_viewport_size({"width": width, "height": 900})
            assert overflow(page) <= 0, (path, width)


def test_an_article_appears_once_on_the_front_page_and_each_card_is_a_link(
    open_page: OpenPage, front: None
) -> None:
    page = open_page("/", scripts=False)
    headlines = page.locator("main .card-headline").all_inner_texts()
    assert len(headlines) == len(set(headlines)) > 20
    for part in (".card-opinion", ".card-cover", ".card-major", ".card-line"):
        assert page.locator(part).count() > 0, part
    card = page.locator(".card-cover").first
    title = card.locator("h3").inner_text()
    box = card.bounding_box()
    assert box is not None
    card.click(position={"x": box["width"] / 2, "y": box["height"] - 10})
    expect(page.get_by_role("heading", level=1)).to_have_text(title)


def test_an_editor_pins_an_article_with_the_keyboard_and_with_the_mouse(
    open_admin: OpenPage, edna: User, front: None
) -> None:
    page = open_admin(edna, "/admin/articles/placement/")
    slots, found = page.locator("[data-slot]"), page.locator("[data-article]")
    expect(page.locator(".composer-bar .default")).to_be_disabled()
    page.locator("#composer-words").fill("ferry 3 of section 2")
    expect(found).to_have_count(1)
    found.first.focus()
    for key in ("Space", "ArrowDown", "Enter"):
        page.keyboard.press(key)
    expect(slots.first).to_contain_text("Ferry 3 of section 2")
    page.locator("#composer-words").fill("ferry 4 of section 2")
    expect(found.first).to_contain_text("Ferry 4")
    found.first.drag_to(slots.nth(1))
    expect(slots.nth(1)).to_contain_text("Ferry 4 of section 2")
    expect(page.locator("[data-changes]")).to_contain_text("2")
    slots.first.focus()
    page.keyboard.press("Delete")
    expect(page.locator("[data-changes]")).to_contain_text("1")
    page.locator(".composer-bar .default").click()
    expect(page.locator(".messagelist .success")).to_be_visible()
    placed = Placement.objects.get()
    assert (placed.slot, placed.article.headline[:7]) == (Placement.Slot.SECOND, "Ferry 4")
    assert accessibility_complaints(page) == []
