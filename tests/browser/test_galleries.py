"""Galleries with the keyboard, with and without scripts, and on paper."""

from io import BytesIO
from typing import Any

import pytest
from playwright.sync_api import Page, expect
from pypdf import PdfReader

from articles.editorial.models import Article
from articles.images.library import ingest
from articles.images.models import Image
from tests import newsroom
from tests.articles.public import sample_content
from tests.browser.checkers import complaints_in_every_look
from tests.browser.conftest import DESKTOP, PHONE, OpenPage

pytestmark = pytest.mark.browser

AI = "trainedAlgorithmicMedia"


def image(colour: str, credit: str, **fields: Any) -> Image:
    file = newsroom.picture_file(width=900, height=600, colour=colour)
    details: dict[str, Any] = {"alt_text": f"A {colour} sea", "credit": credit, **fields}
    return ingest.ingest(file, by=None, **details)


@pytest.fixture
def article(site: str) -> Article:
    """A lead image, and a gallery with a common caption and one of its own."""
    first, second = (
        image("teal", "Ines Faro"),
        image("navy", "Ola Lind", digital_source_type=AI),
    )
    inner = sample_content.figure(first, "A quay") + sample_content.figure(second, "")
    gallery = f'<figure data-gallery="">{inner}<figcaption>Aden, twice</figcaption></figure>'
    return newsroom.published(
        "The long way",
        lead_image=image("olive", "Rui Tavares"),
        body=f"<p>Before.</p>{gallery}<p>After.</p>",
    )


def tab_to(page: Page, selector: str) -> None:
    """Presses Tab until the element has the focus."""
    for _ in range(60):
        page.keyboard.press("Tab")
        if page.evaluate("selector => document.activeElement.matches(selector)", selector):
            return
    pytest.fail(f"No way to {selector} by keyboard.")


def test_a_gallery_is_read_in_a_dialog_with_the_keyboard(
    open_page: OpenPage, article: Article
) -> None:
    page = open_page(article.get_absolute_url())
    tab_to(page, ".gallery .enlarge")
    page.keyboard.press("Enter")
    dialog = page.get_by_role("dialog", name="Images in this article")
    expect(dialog).to_contain_text("A quay (Image Credit: Ines Faro)")
    expect(dialog).to_contain_text("Aden, twice")
    expect(dialog.get_by_role("status")).to_have_text("Image 2 of 3")
    expect(dialog.get_by_role("img", name="A teal sea")).to_be_visible()
    page.keyboard.press("Enter")
    expect(dialog).to_contain_text("(Image Credit: Ola Lind) · Made with AI")
    page.keyboard.press("ArrowRight")
    expect(dialog).to_contain_text("(Image Credit: Rui Tavares)")
    page.keyboard.press("ArrowLeft")
    expect(dialog.get_by_role("status")).to_have_text("Image 3 of 3")
    for _ in range(8):
        page.keyboard.press("Tab")
        assert page.evaluate(
            "document.activeElement === document.body || !!document.activeElement.closest('dialog')"
        )
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    last = article.figures.all()[2].get_absolute_url()
    expect(page.locator(f".enlarge[href$='{last}']")).to_be_focused()


def test_a_gallery_is_read_with_the_keyboard_without_scripts(
    open_page: OpenPage, article: Article
) -> None:
    page = open_page(article.get_absolute_url(), scripts=False)
    page.locator(".gallery .enlarge").first.focus()
    page.keyboard.press("Enter")
    expect(page.locator(".lightbox-figure")).to_contain_text("A quay (Image Credit: Ines Faro)")
    page.get_by_role("link", name="Next image").press("Enter")
    expect(page.locator(".lightbox-figure")).to_contain_text("Aden, twice (Image Credit: Ola Lind)")
    expect(page.locator(".lightbox-figure")).to_contain_text("Made with AI")
    page.get_by_role("link", name="Back to the article").press("Enter")
    expect(page.locator("h1")).to_have_text("The long way")


def test_the_large_view_is_accessible(open_page: OpenPage, article: Article) -> None:
    page = open_page(article.get_absolute_url())
    link = page.locator(".gallery .enlarge").last
    assert complaints_in_every_look(page, DESKTOP, PHONE) == []
    link.click()
    expect(page.get_by_role("dialog")).to_contain_text("Ola Lind")
    assert complaints_in_every_look(page, DESKTOP, PHONE) == []
    page.goto(link.get_attribute("href") or "")
    assert complaints_in_every_look(page, DESKTOP, PHONE) == []


def test_loading_a_gallery_shifts_no_layout(open_page: OpenPage, article: Article) -> None:
    page = open_page(article.get_absolute_url())
    page.evaluate("scrollTo(0, document.body.scrollHeight)")
    page.wait_for_load_state("networkidle")
    shift = page.evaluate(
        "new Promise((told) => { new PerformanceObserver((list) => told(list.getEntries()"
        ".reduce((sum, each) => sum + each.value, 0))).observe({type: 'layout-shift', buffered: true});"
        " setTimeout(() => told(0), 300); })"
    )
    assert shift < 0.01


def test_every_image_of_a_printed_gallery_has_its_credit(
    open_page: OpenPage, article: Article
) -> None:
    page = open_page(article.get_absolute_url())
    pdf = PdfReader(BytesIO(page.pdf(format="A4")))
    text = " ".join(" ".join(sheet.extract_text() for sheet in pdf.pages).split())
    for said in ("Ines Faro", "Ola Lind", "Rui Tavares", "Made with AI", "Aden, twice"):
        assert said in text
    assert "Next image" not in text
