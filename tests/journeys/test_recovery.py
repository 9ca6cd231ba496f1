"""docs/running-in-production.md, “Backups” and “Restore a backup”: everything is lost while an issue is half sent."""

import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.journeys.product import People, Product, get, wait_for
from tests.proofs.size import PATIENCE

pytestmark = pytest.mark.proof

SUBJECT = "The week at the harbour"
READERS = [f"reader-{number}@meridian.example" for number in range(12)]


@pytest.fixture
def product(start_product: Callable[..., Product], tmp_path: Path) -> Product:
    return start_product(BACKUP_DIRECTORY=str(tmp_path / "backups"))


@pytest.fixture
def people(product: Product, chromium: Browser) -> Iterator[People]:
    people = People(product, chromium, {})
    yield people
    people.leave()


def import_readers(page: Page) -> None:
    page.goto("/admin/newsletter/subscriberimport/add/")
    content = "\n".join(["email", *READERS]).encode()
    page.set_input_files(
        "[name=file]", {"name": "readers.csv", "mimeType": "text/csv", "buffer": content}
    )
    page.locator("[name=newsletters]").first.check()
    page.fill("[name=consent]", "They signed up at the harbour festival.")
    page.click("#content-main [type=submit]")
    page.click("form[action$='/check/'] [type=submit]")
    page.click("form[action$='/run/'] [type=submit]")
    expect(page.locator(".newsletter-counts")).to_contain_text(str(len(READERS)))


def send_issue(page: Page) -> str:
    """Sends so slowly that a backup can be made meanwhile; returns the URL of the issue."""
    page.goto("/admin/newsletter/sendinglimit/add/")
    page.fill("[name=per_second]", "0.1")
    page.click("[name=_save]")
    page.goto("/admin/newsletter/issue/add/")
    page.fill("input[name=subject]", SUBJECT)
    page.locator(".issue-offer").first.click()
    # Autosave changes the URL too, so what is waited for is a new document.
    with page.expect_event("load"):
        page.click(".issue-bar-end [name=_continue]")
    url = page.url
    with page.expect_event("load"):
        page.click(".issue-bar-end [name=_test]")
    page.goto(url.replace("/change/", "/send/"))
    with page.expect_event("load"):
        page.click("#content-main .button.default")
    return url


def receivers(product: Product) -> list[str]:
    """Who has the issue, once for each e-mail."""
    return [str(mail["To"]) for mail in product.mails("@") if mail["Subject"] == SUBJECT]


def test_a_restored_site_is_as_it_was_and_its_newsletter_waits_for_an_editor(
    product: Product, people: People
) -> None:
    administrator = people.enter("administrator").page
    editor = people.enter("editor").page
    reader = people.enter(scripts=False).page
    feed = get(reader, "/feed/").text()
    article = re.findall(r"<item>.*?<link>(.*?)</link>", feed, re.DOTALL)[0]
    reader.goto(article)
    text = reader.locator(".article-text").first.inner_text()
    image = reader.locator("main img").first.get_attribute("src")

    import_readers(administrator)
    issue = send_issue(administrator)
    wait_for(lambda: receivers(product), 3 * PATIENCE)
    backup = product.manage("backup").splitlines()[-1]
    product.manage("backup")
    assert Path(backup).exists(), "a second backup by hand has deleted the first one"
    at_backup = len(receivers(product))
    wait_for(lambda: len(receivers(product)) > at_backup)

    product.site.stop()
    sent = receivers(product)
    assert not {*READERS} <= {*sent}
    product.manage("restore_drill")
    product.manage("flush", "--no-input")
    shutil.rmtree(product.state / "media")
    product.manage("restore", "--replace", "--no-input", backup)
    product.start()

    reader.goto(article)
    assert reader.locator(".article-text").first.inner_text() == text
    assert image
    assert get(reader, image).ok
    editor.goto("/admin/")
    expect(editor.locator("#dashboard-items")).to_contain_text(Path(backup).name[:10])
    editor.goto(issue)
    expect(editor.locator(".errornote")).to_contain_text(Path(backup).name[:10])
    # The worker works, and does not send the issue.
    reader.goto("/newsletter/")
    reader.fill("#newsletter-email", "ola@meridian.example")
    reader.click("main .field-row button")
    product.next_mail("ola@meridian.example")
    assert receivers(product) == sent
    administrator.goto("/admin/newsletter/sendinglimit/")
    administrator.locator("#result_list tbody th a").first.click()
    administrator.fill("[name=per_second]", "50")
    administrator.click("[name=_save]")
    editor.click("button:has-text('Resume')")
    wait_for(lambda: {*READERS} <= {*receivers(product)}, 3 * PATIENCE)
