"""An administrator brings archives to the site as docs/importing.md tells, in the admin; readers find them."""

import io
import json
import os
import re
import signal
import time
import zipfile
from html import escape

import pytest
from PIL import Image
from playwright.sync_api import Page, expect

from tests.journeys.product import People, Product, wait_for
from tests.proofs.size import FULL, PATIENCE

POSTS, KILLED_POSTS = 60, 1_500
START, UNDO = "form[action$='/start/'] button", "a[href$='/undo/']"
LONG = 4 * PATIENCE * 1000
"""Milliseconds for a job, behind others."""
SECONDS = 10
"""Until a wrong file is refused; judged at full size, where no other test runs."""


def wordpress(posts: int, name: str = "quay") -> bytes:
    """An export of a site whose first text has an image."""
    site = f"https://{name}.example"
    image = f'<img src="{site}/wp-content/uploads/2020/05/pier.png" alt="A pier">'
    items = "".join(
        f"<item><title>Ferry {n} of {name}</title><link>{site}/2020/05/04/{name}-{n}/</link>"
        "<dc:creator>mara</dc:creator><wp:status>publish</wp:status><wp:post_type>post</wp:post_type>"
        f"<content:encoded>{escape(image if n == 1 else '')}&lt;p&gt;Harbour timetable {n}: boats to island"
        f" {n % 7}.&lt;/p&gt;</content:encoded><wp:post_id>{n}</wp:post_id>"
        f"<wp:post_name>{name}-{n}</wp:post_name><wp:post_date_gmt>2020-05-04 10:00:00</wp:post_date_gmt>"
        '<category domain="category" nicename="ferries">Ferries</category></item>\n'
        for n in range(1, posts + 1)
    )
    return (
        '<?xml version="1.0"?><rss version="2.0" xmlns:wp="http://wordpress.org/export/1.2/"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
        ' xmlns:content="http://purl.org/rss/1.0/modules/content/"><channel>'
        f"<title>{name}</title><link>{site}</link><wp:wxr_version>1.2</wp:wxr_version>"
        f"<wp:base_site_url>{site}</wp:base_site_url><wp:author><wp:author_login>mara"
        "</wp:author_login><wp:author_display_name>Mara Quist</wp:author_display_name></wp:author>"
        f"{items}</channel></rss>"
    ).encode()


def ghost() -> bytes:
    post = {
        "id": "1",
        "title": "Lighthouse keepers",
        "slug": "lighthouse-keepers",
        "status": "published",
        "html": "<p>They keep it lit.</p>",
        "type": "post",
        "published_at": "2021-03-02T09:00:00.000Z",
    }
    return json.dumps({"db": [{"meta": {"version": "5.0.0"}, "data": {"posts": [post]}}]}).encode()


def packed(**files: bytes) -> bytes:
    target = io.BytesIO()
    with zipfile.ZipFile(target, "w") as archive:
        for name, content in files.items():
            archive.writestr(name, content)
    return target.getvalue()


def png() -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (1200, 800), "teal").save(target, "PNG")
    return target.getvalue()


MARKDOWN = packed(
    **{
        "site/posts/tide-tables.md": b"---\ntitle: Tide tables\ndate: 2022-02-03\n---\n\nHigh at noon.\n"
    }
)


def upload(page: Page, name: str, content: bytes, images: bytes = b"") -> None:
    """Settings, Imports, and the form; it recognises the system by the file."""
    page.goto("/admin/settings/")
    page.click("a[href$='/transfer/importrun/']")
    page.click("a[href$='/transfer/importrun/add/']")
    kind = "application/octet-stream"
    page.set_input_files("[name=file]", {"name": name, "mimeType": kind, "buffer": content})
    if images:
        page.set_input_files(
            "[name=images]", {"name": "uploads.zip", "mimeType": kind, "buffer": images}
        )
    page.click(".submit-row [type=submit]")


def counted(page: Page, outcome: str) -> dict[str, int]:
    """The column of the report: kind → number."""
    links = page.locator(f".import-counts a[href*='outcome={outcome}#']").all()
    found: dict[str, int] = {}
    for link in links:
        kind = re.search(r"kind=(\w+)", link.get_attribute("href") or "")
        assert kind
        found[kind[1]] = int(link.inner_text().replace(",", ""))
    return found


def run_import(page: Page, posts: int) -> dict[str, int]:
    """Waits for the dry run, reads its report, imports; returns what was created."""
    expect(page.locator(START)).to_be_visible(timeout=LONG)
    assert counted(page, "created").get("posts", 0) == posts
    page.click(START)
    expect(page.locator(UNDO)).to_be_visible(timeout=LONG)
    return counted(page, "created")


def undo(page: Page) -> None:
    page.click(UNDO)
    page.click(".submit-row [type=submit]")
    expect(page.locator(".import-counts a[href*='outcome=removed#']").first).to_be_visible(
        timeout=LONG
    )


@pytest.mark.journey
def test_archives_are_tried_imported_repeated_and_undone(people: People) -> None:
    person, reader = people.enter("administrator"), people.enter(scripts=False).page
    first, third = person.page, person.tab()
    # Without JavaScript, too.
    second = people.enter("administrator", scripts=False).page
    old_urls = ("/2020/05/04/quay-1/", "/lighthouse-keepers/", "/posts/tide-tables/")

    def statuses() -> list[int]:
        answers = [reader.goto(url) for url in old_urls]
        return [answer.status for answer in answers if answer]

    for name, content in (("export.xml", b"%PDF-1.7 a brochure"), ("x.json", b"<html></html>")):
        began = time.monotonic()
        upload(first, name, content)
        expect(first.locator(".errorlist")).to_be_visible()
        assert not FULL or time.monotonic() - began < SECONDS
    upload(first, "export.xml", wordpress(POSTS), packed(**{"uploads/2020/05/pier.png": png()}))
    # Nothing else waits: a dry run that hangs is soon known.
    expect(first.locator(START)).to_be_visible()
    assert statuses() == [404, 404, 404]
    made = run_import(first, POSTS)
    assert (made["posts"], made["authors"]) == (POSTS, 1)
    # While the worker finds related articles and makes images, three others at once.
    began = time.monotonic()
    upload(third, "broken.xml", wordpress(3).replace(b"</item>", b"</itm>", 1))
    expect(third.locator(".errornote")).to_contain_text(re.compile(r"\d"), timeout=LONG)
    assert not FULL or time.monotonic() - began < SECONDS
    upload(second, "export.json", ghost())
    upload(third, "site.zip", MARKDOWN)
    run_import(second, 1)
    run_import(third, 1)
    assert statuses() == [200, 200, 200]
    reader.goto(old_urls[0])
    expect(reader.locator("main figure img")).to_be_visible()
    again = person.tab()
    upload(again, "export.xml", wordpress(POSTS))
    assert run_import(again, 0) == {}
    for page in (third, second, first):
        undo(page)
    assert statuses() == [404, 404, 404]


@pytest.mark.proof
def test_an_import_whose_worker_is_killed_in_the_dry_run_is_continued(
    product: Product, people: People
) -> None:
    page = people.enter("administrator").page
    upload(page, "export.xml", wordpress(KILLED_POSTS, "mole"))
    wait_for(lambda: int(page.locator("progress").get_attribute("value") or 0), LONG / 1000)
    worker = product.site.pids()["worker"]
    os.kill(worker, signal.SIGKILL)
    wait_for(lambda: product.site.pids()["worker"] != worker)
    assert run_import(page, KILLED_POSTS)["posts"] == KILLED_POSTS
