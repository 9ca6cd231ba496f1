"""Files: chosen or uploaded from the text, and the card that readers see."""

import re

import pytest
from playwright.sync_api import FilePayload, Page, expect

from accounts.models import User
from articles.files.models import File
from tests import newsroom
from tests.articles.files import samples
from tests.browser.checkers import (
    accessibility_complaints,
    complaints_in_every_look,
)
from tests.browser.conftest import PHONE, OpenPage
from tests.browser.text_editor import pick

pytestmark = pytest.mark.browser

ADD = "/admin/articles/article/add/"


def chosen(name: str, content: bytes) -> FilePayload:
    return {"name": name, "mimeType": "application/octet-stream", "buffer": content}


def opened(page: Page) -> None:
    page.click(".admin-editor-body .ProseMirror")
    pick(page, "insert", "file")
    expect(page.get_by_role("dialog")).to_be_visible()


def test_a_file_is_found_and_put_into_the_text(open_admin: OpenPage, edna: User) -> None:
    samples.file(samples.mp3(), title="Interview")
    tides = samples.file(title="Tide tables")
    page = open_admin(edna, ADD)
    opened(page)
    dialog = page.get_by_role("dialog")
    search = dialog.get_by_role("searchbox")
    search.fill("tide")
    search.press("Enter")
    expect(dialog.get_by_role("button", name="Interview")).to_be_hidden()
    assert accessibility_complaints(page) == []
    dialog.get_by_role("button", name="Tide tables").press("Enter")
    expect(dialog).to_be_hidden()
    figure = page.locator(".prose-editor figure")
    expect(figure).to_contain_text("Harbour Institute")
    expect(page.locator("#id_body")).to_have_value(re.compile(f'data-file="{tides.pk}"'))
    page.locator(".prose-editor figcaption").click()
    page.keyboard.type("All of 2027")
    expect(page.locator("#id_body")).to_have_value(re.compile("All of 2027</figcaption>"))
    assert accessibility_complaints(page) == []


def test_a_file_is_uploaded_without_leaving_the_text(open_admin: OpenPage, rui: User) -> None:
    page = open_admin(rui, ADD)
    opened(page)
    dialog = page.get_by_role("dialog")
    dialog.locator("input[type=file]").set_input_files(
        [chosen("tides.pdf", samples.pdf()), chosen("fake.pdf", b"no PDF")]
    )
    expect(dialog.locator(".received")).to_have_count(1)
    expect(dialog.locator(".refused")).to_have_count(1)
    dialog.get_by_role("button", name="tides").press("Enter")
    number = File.objects.get().pk
    expect(page.locator("#id_body")).to_have_value(re.compile(f'data-file="{number}"'))
    page.locator(".prose-editor figure").get_by_role("button").last.press("Enter")
    expect(page.locator("#id_body")).not_to_have_value(re.compile("data-file"))


def test_several_files_are_uploaded_in_the_library(open_admin: OpenPage, edna: User) -> None:
    page = open_admin(edna, "/admin/articles/file/add/")
    assert accessibility_complaints(page) == []
    page.locator("input[type=file]").set_input_files(
        [chosen("a.pdf", samples.pdf()), chosen("b.mp3", samples.mp3())]
    )
    expect(page.locator(".received")).to_have_count(2)
    page.goto("/admin/articles/file/")
    expect(page.locator("#result_list tbody tr")).to_have_count(2)
    assert accessibility_complaints(page) == []
    page.locator("#result_list tbody th a").first.click()
    expect(page.locator("#id_credit")).to_be_visible()
    assert accessibility_complaints(page) == []


def test_a_file_is_uploaded_without_scripts(open_admin: OpenPage, edna: User) -> None:
    page = open_admin(edna, "/admin/articles/file/add/", scripts=False)
    page.locator("input[type=file]").set_input_files(chosen("tides.pdf", samples.pdf()))
    page.locator(".image-upload [type=submit]").press("Enter")
    expect(page.locator("#id_title")).to_have_value("tides")
    expect(page.locator("code")).to_contain_text("data-file")


def test_readers_download_a_file_and_listen_to_audio(open_page: OpenPage) -> None:
    tides = samples.file(title="Tide tables")
    talk = samples.file(samples.wav(3), title="Interview")
    article = newsroom.published(
        body=f"<p>Text.</p>{samples.markup(tides, 'All of 2027')}{samples.markup(talk)}"
    )
    page = open_page(article.get_absolute_url(), size=PHONE)
    assert complaints_in_every_look(page, PHONE) == []
    with page.expect_download() as download:
        page.get_by_role("link", name="Tide tables").first.click()
    assert download.value.suggested_filename == "tide-tables.pdf"
    seconds = page.evaluate(
        """async () => {
            const player = document.querySelector(".file-audio audio");
            player.load();
            player.preload = "metadata";
            await new Promise((ready, failed) => {
                player.onloadedmetadata = ready;
                player.onerror = failed;
            });
            return player.duration;
        }"""
    )
    assert round(seconds) == 3
    overflow = page.evaluate("document.documentElement.scrollWidth > innerWidth")
    assert not overflow
