"""An editor writes while the database, and then the web server, are stopped and started again.

make prove typing
"""

import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Page, expect, sync_playwright

from tests.browser.conftest import CHROMIUM_FLAGS
from tests.proofs.size import sized
from tests.proofs.test_outage import START_SECONDS, Site, running_site, wait_until
from tests.shared import PROJECT

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(sys.platform != "linux", reason="finds processes in /proc"),
]

AWAY_SECONDS = sized(6, 30)
WAIT_MS = 120_000
EMAIL, PASSWORD = "edna@example.org", "a long enough sentence 27"
TEXT = ".admin-editor-body .ProseMirror"
SAVED = re.compile(r"^Saved( \d+ (s|min) ago)?$")


@pytest.fixture(scope="module")
def site() -> Iterator[Site]:
    folder = Path(tempfile.mkdtemp(prefix="iria-typing-"))
    folder.chmod(0o755)  # the user of the database needs access
    try:
        with running_site(folder) as site:
            site.settings["DJANGO_SUPERUSER_PASSWORD"] = PASSWORD
            create = [sys.executable, "manage.py", "createsuperuser", "--no-input", "-v0"]
            subprocess.run(
                [*create, f"--email={EMAIL}"], env=site.settings, cwd=PROJECT, check=True
            )
            yield site
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@pytest.fixture
def page(site: Site) -> Iterator[Page]:
    path = shutil.which("chromium-headless-shell")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=path, args=CHROMIUM_FLAGS)
        page = browser.new_page(base_url=f"http://127.0.0.1:{site.port}")
        page.set_default_timeout(WAIT_MS)
        page.goto("/admin/")
        page.fill("[name=username]", EMAIL)
        page.fill("[name=password]", PASSWORD)
        page.press("[name=password]", "Enter")
        expect(page.locator("[name=password]")).to_have_count(0, timeout=WAIT_MS)
        page.goto("/admin/articles/article/add/")
        yield page
        browser.close()


def write(page: Page, text: str) -> None:
    """Types until the sentence ends, at the speed of a fast typist."""
    page.keyboard.type(text, delay=60)


def test_text_typed_while_database_and_server_are_away_is_saved(site: Site, page: Page) -> None:
    shown, kept = page.locator("[data-save-shown]"), page.locator("[data-save-state].admin-lacks")
    page.fill("#id_headline", "A quiet week")
    page.locator(TEXT).click()
    write(page, "Before. ")
    expect(shown).to_have_text(SAVED, timeout=WAIT_MS)

    site.stop_database()
    write(page, "Without a database. ")
    page.wait_for_timeout(AWAY_SECONDS * 1000)
    expect(kept).to_be_visible(timeout=WAIT_MS)
    site.start_database()
    expect(shown).to_have_text(SAVED, timeout=WAIT_MS)

    site.stop_child("web")
    write(page, "Without a server. ")
    page.wait_for_timeout(AWAY_SECONDS * 1000)
    expect(kept).to_be_visible(timeout=WAIT_MS)
    site.start_child("web")
    write(page, "And in mid-sent")
    wait_until(lambda: site.ask("/readyz").status == 200, START_SECONDS)
    expect(shown).to_have_text(SAVED, timeout=WAIT_MS)

    page.reload()
    expect(page.locator("#id_headline")).to_have_value("A quiet week", timeout=WAIT_MS)
    expect(page.locator(TEXT)).to_have_text(
        "Before. Without a database. Without a server. And in mid-sent", timeout=WAIT_MS
    )
