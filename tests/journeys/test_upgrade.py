"""CHANGELOG.md, “Before you upgrade”: from the commit that it names to this tree, with the demo and a draft."""

import re
import subprocess
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.product import Product, Visitor, get
from tests.newsletter.mailserver import free_port
from tests.proofs.size import FULL
from tests.shared import PROJECT

pytestmark = [
    pytest.mark.proof,
    pytest.mark.skipif(not FULL, reason="it needs the history of the repository: make prove"),
]

HEADLINE = "A draft of the version before"
WORDS = "Words that an upgrade must not lose."


class UpgradedProduct(Product):
    """Begins as the version before; `git` changes it."""

    def start(self) -> None:
        if not (self.folder / "var").exists():
            # So that this tree, with uncommitted changes, is something to return to.
            self.git("add", "--all")
            self.git("commit", "--quiet", "--allow-empty", "--message=This tree")
            self.git("checkout", "--quiet", version_before())
        super().start()

    def git(self, *arguments: str) -> None:
        author = ("-c", "user.name=Journey", "-c", "user.email=journey@meridian.example")
        subprocess.run(
            ["git", "-c", "safe.directory=*", *author, *arguments], cwd=self.folder, check=True
        )

    def demo_editor(self, chromium: Browser) -> Page:
        visitor = Visitor(chromium.new_context(base_url=self.url), self.url)
        visitor.page.goto("/admin/login/?next=/admin/")
        email, password = (self.state / "demo-editor.txt").read_text().split()
        visitor.page.fill("input[name=username]", email)
        visitor.page.fill("input[name=password]", password)
        with visitor.page.expect_navigation():
            visitor.page.click("#login-form [type=submit]")
        return visitor.page


def version_before() -> str:
    section = (PROJECT / "CHANGELOG.md").read_text().partition("### Before you upgrade")[2]
    named = re.search(r"commit `([0-9a-f]+)`", section.partition("\n### ")[0])
    assert named, "the changelog names no commit"
    return named[1]


@pytest.fixture
def product() -> Iterator[UpgradedProduct]:
    with tempfile.TemporaryDirectory(prefix="iria-journey-", ignore_cleanup_errors=True) as ground:
        # The database server runs as another user, if this is root.
        Path(ground).chmod(0o755)
        product = UpgradedProduct(Path(ground), free_port())
        yield product
        product.site.clear()


def articles(page: Page) -> dict[str, str]:
    """What the feed says: URL → headline."""
    feed = get(page, "/feed/").text()
    return dict(re.findall(r"<item>.*?<title>(.*?)</title>.*?<link>(.*?)</link>", feed, re.DOTALL))


def test_an_upgrade_keeps_every_article_and_the_words_of_a_draft(
    product: UpgradedProduct, chromium: Browser
) -> None:
    page = product.demo_editor(chromium)
    page.goto("/admin/articles/article/add/")
    page.fill("[name=headline]", HEADLINE)
    page.click(".admin-editor-body .ProseMirror")
    with page.expect_response("**/autosave/"):
        page.keyboard.type(WORDS)
    page.wait_for_url(re.compile(r"/article/\d+/change/"))
    expect(page.locator("[data-save-shown]")).to_have_text(re.compile("^Saved"))
    draft, before = page.url, articles(page)
    assert before
    page.context.close()

    product.site.stop()
    product.git("checkout", "--quiet", "-")
    product.start()

    product.manage("migrate", "--check")
    page = product.demo_editor(chromium)
    page.goto(draft)
    expect(page.locator("[name=headline]")).to_have_value(HEADLINE)
    expect(page.locator("[name=body]")).to_have_value(re.compile(WORDS))
    assert articles(page) == before
    for url in before.values():
        assert get(page, url).ok
    page.context.close()
