"""The image library and its chooser."""

import json
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from articles.images.library import ingest
from articles.images.models import Image
from tests import newsroom
from tests.articles.images.metadata.blocks import alternatives, packet
from tests.browser.article_form import save_draft
from tests.browser.checkers import accessibility_complaints, complaints_in_every_look
from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.newsroom import picture_file

pytestmark = pytest.mark.browser

LIBRARY = "/admin/articles/image/"
CAPTION = "The cranes of the east quay stood still on Sunday."
ALT_TEXT = "Four cranes above an empty quay"
CREDIT = "Ines Faro/via Meridian Pictures"


@pytest.fixture
def labelled_file(tmp_path: Path) -> Path:
    path = tmp_path / "cranes.jpg"
    properties = (
        alternatives("dc:description", x_default=CAPTION)
        + alternatives("Iptc4xmpCore:AltTextAccessibility", x_default=ALT_TEXT)
        + f"<photoshop:Credit>{CREDIT}</photoshop:Credit>"
    )
    path.write_bytes(picture_file(width=900, height=600, xmp=packet(properties)).read())
    return path


def filled_library(count: int) -> None:
    for shade in range(count):
        file = picture_file(width=600 + shade, height=400, colour=f"hsl({shade * 40}, 60%, 50%)")
        credit = "Ines Faro" if shade % 3 else ""
        ingest.ingest(file, by=None, headline=f"Quay {shade}", credit=credit, alt_text="A quay")


def test_a_file_is_uploaded_completed_and_saved_without_scripts(
    open_admin: OpenPage, edna: User, labelled_file: Path
) -> None:
    page = open_admin(edna, f"{LIBRARY}add/", scripts=False)
    page.set_input_files("input[name=pictures]", labelled_file)
    page.click(".image-upload button")
    assert "Read from the file" in page.locator(".messagelist").inner_text()
    assert page.input_value("[name=caption]") == CAPTION
    assert page.input_value("[name=credit]") == CREDIT
    assert page.input_value("[name=alt_text]") == ALT_TEXT
    page.fill("[name=credit]", "Ines Faro/via Meridian")
    page.click("[name=_save]")
    card = page.locator(".image-card")
    assert card.locator(".image-credit").inner_text() == "Ines Faro/via Meridian"
    assert card.locator("img").evaluate("img => img.naturalWidth") > 0


def test_the_library_is_accessible(open_admin: OpenPage, edna: User) -> None:
    filled_library(4)
    page = open_admin(edna, LIBRARY)
    for path in ("?look=list", "choose/"):
        page.goto(LIBRARY + path)
        assert complaints_in_every_look(page, DESKTOP, PHONE) == [], path


def opened_dialog(page: Page) -> None:
    """Opens the chooser from a page of the admin without an image field."""
    page.add_script_tag(url="/static/iria_admin/images.js", type="module")
    page.add_style_tag(url="/static/iria_admin/images.css")
    page.evaluate(
        """() => {
            for (const name of ["picture:chosen", "picture:dismissed"])
                document.addEventListener(name, event =>
                    document.body.dataset.heard ??= JSON.stringify([name, event.detail]));
            document.querySelector("#content").dispatchEvent(
                new CustomEvent("picture:ask", {bubbles: true}));
        }"""
    )
    page.wait_for_selector(".image-dialog [data-picture]")


def received_event(page: Page) -> Any:
    """The event that the dialog sent: name and detail."""
    page.wait_for_selector("body[data-heard]")
    return json.loads(page.locator("body").get_attribute("data-heard") or "")


def test_an_image_is_chosen_in_the_dialog_with_the_keyboard(
    open_admin: OpenPage, edna: User
) -> None:
    filled_library(5)
    page = open_admin(edna)
    opened_dialog(page)
    assert accessibility_complaints(page) == []
    page.keyboard.type("“Quay 2”")
    page.keyboard.press("Enter")
    expect(page.locator("[data-picture]")).to_have_count(1)
    page.locator("[data-picture]").focus()
    page.keyboard.press("Enter")
    name, detail = received_event(page)
    image = Image.objects.get(headline="Quay 2")
    assert name == "picture:chosen"
    assert detail["id"] == str(image.pk)
    assert detail["alt"] == "A quay"
    assert detail["thumbnail"].startswith("/pictures/")
    assert not page.locator(".image-dialog").is_visible()


def test_closing_the_dialog_without_a_choice_sends_an_event(
    open_admin: OpenPage, edna: User
) -> None:
    filled_library(1)
    page = open_admin(edna)
    opened_dialog(page)
    page.keyboard.press("Escape")
    assert received_event(page) == ["picture:dismissed", None]


def test_an_image_is_uploaded_in_the_dialog(
    open_admin: OpenPage, edna: User, labelled_file: Path
) -> None:
    filled_library(1)
    page = open_admin(edna)
    opened_dialog(page)
    page.set_input_files(".image-dialog input[type=file]", labelled_file)
    page.wait_for_selector(".image-dialog .received")
    first = page.locator(".image-dialog [data-picture]").first
    expect(first).to_have_attribute("data-caption", CAPTION)
    expect(first).to_have_attribute("data-credit", CREDIT)


def test_a_lead_image_is_chosen_shown_and_removed_in_the_article_form(
    open_admin: OpenPage, edna: User
) -> None:
    filled_library(3)
    page = open_admin(edna, "/admin/articles/article/add/")
    widget = page.locator("lead-image")
    number = widget.locator("input[name=lead_image]")
    widget.locator(".image-widget-choose").click()
    page.locator(".image-dialog [data-picture]", has_text="Quay 1").click()
    page.click(".image-dialog .image-use")
    image = Image.objects.get(headline="Quay 1")
    expect(number).to_have_value(str(image.pk))
    expect(widget.locator(".image-widget-name")).to_have_text("Quay 1")
    expect(widget.locator("img")).to_have_js_property("complete", value=True)
    widget.locator(".image-widget-clear").click()
    expect(number).to_have_value("")
    expect(widget.locator("img")).to_be_hidden()


def test_without_scripts_a_lead_image_is_entered_by_its_number(
    open_admin: OpenPage, edna: User
) -> None:
    filled_library(1)
    page = open_admin(edna, "/admin/articles/article/add/", scripts=False)
    with page.context.expect_page() as opened:
        page.click(".image-widget-choose")
    number = opened.value.locator(".image-number strong").inner_text()
    page.fill("[name=headline]", "Quiet week at the quay")
    page.fill("[name=lead_image]", number)
    save_draft(page)
    assert Image.objects.get(pk=number).led_articles.get().headline == "Quiet week at the quay"


def test_the_dialog_filters_by_usage_and_lists_where_an_image_is_used(
    open_admin: OpenPage, edna: User
) -> None:
    filled_library(3)
    article = newsroom.draft("Ferries", lead_image=Image.objects.get(headline="Quay 1"))
    page = open_admin(edna, "/admin/articles/article/add/")
    page.locator("lead-image .image-widget-choose").click()
    dialog = page.locator(".image-dialog")
    expect(dialog.locator("[data-picture]")).to_have_count(3)
    dialog.locator("[name=used]").select_option("yes")
    expect(dialog.locator("[data-picture]")).to_have_count(1)
    expect(dialog.locator("[name=used]")).to_have_value("yes")
    expect(dialog.locator("[name=used]")).to_be_focused()
    dialog.locator("[data-picture]").click()
    expect(dialog.locator(f".image-panel a[href*='/article/{article.pk}/']")).to_be_visible()
    assert accessibility_complaints(page) == []
