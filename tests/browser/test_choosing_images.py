"""Choosing several images for a gallery: with the keyboard, fifty at once, and without scripts."""

import re
from html import unescape

import pytest
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from articles.editorial.models import Figure
from articles.images.models import Image
from tests import newsroom
from tests.browser.article_form import save_draft
from tests.browser.checkers import accessibility_complaints
from tests.browser.conftest import PHONE, OpenPage, wait_until
from tests.browser.text_editor import pick

pytestmark = pytest.mark.browser

ADD = "/admin/articles/article/add/"
GALLERY = re.compile("data-gallery")


def numbers_in(body: str) -> list[int]:
    return [int(part.partition('"')[0]) for part in body.split('data-image="')[1:]]


def opened(page: Page) -> None:
    page.click(".admin-editor-body .ProseMirror")
    pick(page, "insert", "gallery")
    expect(page.get_by_role("dialog", name="Choose images")).to_be_visible()


def test_images_are_chosen_with_the_keyboard_across_searches_and_uploads(
    open_admin: OpenPage, edna: User
) -> None:
    quay = newsroom.picture(headline="Quay", caption="At the quay")
    lamp = newsroom.picture(headline="Lighthouse")
    page = open_admin(edna, ADD)
    opened(page)
    dialog = page.get_by_role("dialog")
    done = dialog.get_by_role("button", name="Insert")
    expect(done).to_be_disabled()
    dialog.get_by_label("Search the library").fill("lighthouse")
    dialog.get_by_label("Search the library").press("Enter")
    expect(dialog.get_by_role("button", name="Quay")).to_be_hidden()
    dialog.get_by_role("button", name="Lighthouse").press("Space")
    expect(dialog.get_by_role("button", name="Lighthouse", pressed=True)).to_be_visible()
    dialog.get_by_label("Search the library").fill("")
    dialog.get_by_label("Search the library").press("Enter")
    dialog.get_by_role("button", name="Quay").press("Enter")
    expect(dialog.get_by_role("button", name="Lighthouse", pressed=True)).to_be_visible()
    expect(dialog.get_by_role("status").last).to_have_text("2 images selected.")
    sent = newsroom.picture_file(width=60, height=40)
    dialog.locator("input[type=file]").set_input_files(
        {"name": "new.jpg", "mimeType": "image/jpeg", "buffer": sent.read()}
    )
    expect(dialog.locator(".image-count")).to_have_text("3 images selected.")
    assert accessibility_complaints(page) == []
    done.press("Enter")
    expect(dialog).to_be_hidden()
    expect(page.locator("#id_body")).to_have_value(GALLERY)
    newest = Image.objects.latest("pk").pk
    body = page.input_value("#id_body")
    assert numbers_in(body) == [lamp.pk, quay.pk, newest]
    assert body.count("data-gallery") == 1
    assert "<figcaption>At the quay</figcaption>" in body


def test_fifty_images_make_a_gallery_at_once(open_admin: OpenPage, edna: User) -> None:
    image_ids = [newsroom.picture().pk for _ in range(50)]
    page = open_admin(edna, ADD)
    opened(page)
    page.get_by_role("button", name="Select all on this page").press("Enter")
    expect(page.locator(".image-count")).to_have_text("50 images selected.")
    page.get_by_role("button", name="Clear selection").press("Enter")
    expect(page.locator(".image-count")).to_have_text("No image selected.")
    page.get_by_role("button", name="Select all on this page").press("Enter")
    page.locator("dialog").get_by_role("button", name="Insert").press("Enter")
    expect(page.locator("#id_body")).to_have_value(GALLERY)
    assert sorted(numbers_in(page.input_value("#id_body"))) == sorted(image_ids)


def test_results_of_a_former_search_cannot_be_chosen_while_the_library_loads(
    open_admin: OpenPage, edna: User
) -> None:
    newsroom.picture(headline="Quay")
    newsroom.picture(headline="Lighthouse")
    page = open_admin(edna, ADD)
    opened(page)
    dialog = page.get_by_role("dialog")
    dialog.get_by_role("button", name="Quay").press("Enter")
    dialog.get_by_role("button", name="Insert").press("Enter")
    expect(dialog).to_be_hidden()
    searches: list[Route] = []
    page.route("**/image/choose/**", lambda route: searches.append(route))
    page.get_by_role("button", name="Add images").press("Enter")
    expect(dialog).to_be_visible()
    expect(dialog.get_by_role("button", name="Lighthouse")).to_have_count(0)
    wait_until(page, lambda: searches)
    searches.pop().continue_()
    search = dialog.get_by_label("Search the library")
    for text in ("quay", "lighthouse"):
        search.fill(text)
        search.press("Enter")
    wait_until(page, lambda: len(searches) == 2)
    earlier, later = searches
    later.continue_()
    expect(dialog.get_by_role("button", name="Quay")).to_have_count(0)
    with page.expect_response("**q=quay**"):
        earlier.continue_()
    page.wait_for_timeout(200)
    expect(dialog.get_by_role("button", name="Quay")).to_have_count(0)
    expect(dialog.get_by_role("button", name="Lighthouse")).to_be_visible()


def test_the_text_of_a_gallery_with_one_image_is_not_lost(open_admin: OpenPage, edna: User) -> None:
    image = newsroom.picture()
    page = open_admin(edna, ADD)
    page.click(".admin-editor-body .ProseMirror")
    pick(page, "insert", "picture")
    page.locator(f"dialog [data-picture='{image.pk}']").press("Enter")
    expect(page.locator("dialog .image-use")).to_be_focused()
    page.keyboard.press("Enter")
    expect(page.locator("#id_body")).to_have_value(re.compile(f'data-image="{image.pk}"'))


def test_without_scripts_selected_images_become_gallery_markup_to_copy(
    open_admin: OpenPage, edna: User
) -> None:
    quay = newsroom.picture(headline="Quay", caption='"At" the <quay>')
    lamp = newsroom.picture(headline="Lighthouse")
    page = open_admin(edna, "/admin/articles/image/choose/", scripts=False, size=PHONE)
    page.get_by_role("checkbox", name="Quay").check()
    page.get_by_label("Search the library").fill("lighthouse")
    page.get_by_role("button", name="Search").click()
    page.get_by_role("checkbox", name="Lighthouse").check()
    page.get_by_role("button", name="Insert as gallery").click()
    expect(page.get_by_role("heading", name="Gallery of 2 images")).to_be_visible()
    written = page.get_by_role("textbox", name="Copy this into the text").input_value()
    assert numbers_in(written) == [quay.pk, lamp.pk]
    assert accessibility_complaints(open_admin(edna, page.url)) == []
    page.goto(ADD)
    page.fill("[name=headline]", "Two of them")
    page.fill("[name=body]", f"<p>Before.</p>{written}")
    save_draft(page)
    shown = Figure.objects.order_by("position")
    assert [(each.image_id, each.gallery) for each in shown] == [(quay.pk, 1), (lamp.pk, 1)]
    assert unescape(shown[0].caption) == '"At" the <quay>'
