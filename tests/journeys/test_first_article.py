"""From signing in to a page with a credited image that readers find: docs/editors/first-article.md."""

import io
import os

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.product import CAST, PASSWORD, People, get, wait_for

pytestmark = pytest.mark.journey

HEADLINE, CREDIT = "Squid boats at night", "Nell Sandoval/via Roadstead"
TEXT = ".admin-editor-body .ProseMirror"


def photograph() -> bytes:
    target = io.BytesIO()
    # At random, so that the library does not know it from an earlier journey.
    Image.frombytes("RGB", (40, 30), os.urandom(3_600)).resize((1600, 900)).save(target, "JPEG")
    return target.getvalue()


def sign_in_by_keyboard(page: Page, email: str) -> None:
    """Address, password and button follow each other."""
    page.goto("/admin/")
    page.keyboard.type(email)
    page.keyboard.press("Tab")
    page.keyboard.type(PASSWORD)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.type") == "submit"
    page.keyboard.press("Enter")
    expect(page.locator("#dashboard-items")).to_be_visible()


def choose(page: Page, name: str, words: str) -> None:
    field = page.locator(f"choice-field[data-name={name}]")
    field.locator("[role=combobox]").fill(words)
    expect(field.locator("[role=combobox][aria-activedescendant]")).to_be_visible()
    field.locator("[role=combobox]").press("Enter")
    expect(field.locator(".choice-chip").last).to_be_visible()


def test_the_first_article_reaches_readers_with_its_credit(people: People) -> None:
    people.enter("editor").context.close()
    editor, reader = people.enter(), people.enter(scripts=False)
    page = editor.page
    sign_in_by_keyboard(page, CAST["editor"][0])

    page.goto("/admin/articles/article/add/")
    expect(page.locator("#id_headline")).to_be_focused()
    page.keyboard.type(HEADLINE)
    page.keyboard.press("Enter")
    page.keyboard.type("Their lamps are seen from orbit.")
    expect(page.locator("#id_standfirst")).to_have_value("Their lamps are seen from orbit.")
    with page.expect_file_chooser() as chooser:
        page.locator(".lead-image-upload").press("Enter")
    chooser.value.set_files(
        {"name": "squid-boats.jpg", "mimeType": "image/jpeg", "buffer": photograph()}
    )
    expect(page.locator("#id_lead_alt")).to_be_focused()
    page.keyboard.type("A line of boats with white lamps")
    while not page.evaluate("document.activeElement.matches('.image-credit-field')"):
        page.keyboard.press("Tab")
    page.keyboard.type(CREDIT)
    with page.expect_response("**/details/"):
        page.locator(TEXT).click()
    page.keyboard.type("Under the lamps the sea is quorncoloured.")
    page.get_by_role("tab", name="Details").click()
    choose(page, "chosen_categories", "o")
    choose(page, "signed_by", "e")
    page.keyboard.press("Control+Enter")
    page.locator("dialog[open] [data-press=_publish]").press("Enter")
    expect(page.locator("[name=_unpublish]").first).to_be_attached()

    url = page.locator("a[href*='/squid-boats-at-night/']").first.get_attribute("href")
    assert url
    reader.page.goto(url)
    expect(reader.page.locator("h1")).to_have_text(HEADLINE)
    expect(reader.page.locator("main figure img").first).to_be_visible()
    places = (url, "/", "/feed/", "/feed/json/", "/api/v1/articles/")
    wait_for(lambda: all(HEADLINE in get(reader.page, each).text() for each in places))
    assert [
        each for each in places if CREDIT.split("/")[0] not in get(reader.page, each).text()
    ] == []
    wait_for(lambda: HEADLINE in get(reader.page, "/search/?q=quorncoloured").text())
    library = get(editor.context, "/admin/articles/image/?q=squid-boats")
    assert CREDIT.split("/")[0] in library.text()
