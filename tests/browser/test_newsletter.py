"""The newsletter in the admin, and a reader's page of preferences without scripts."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from accounts.models import User
from newsletter.delivery import controls, worker
from newsletter.models import Issue, Subscriber
from tests.browser.conftest import PHONE, OpenPage
from tests.conftest import MailFolder
from tests.newsletter.factories import (
    issue,
    mail_image,
    mark_one,
    start_scheduled_issues,
    subscriber,
    subscribers,
)
from tests.newsroom import published

pytestmark = pytest.mark.browser
OLA = "ola@readers.example"
Jobs = Callable[[], None]


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def path_in(message: EmailMessage, part: str) -> str:
    """The path of the only URL in the e-mail that contains this."""
    (url,) = {found for found in re.findall(r"http\S+", text_of(message)) if part in found}
    return str(urlsplit(url).path)


def test_a_reader_chooses_and_unsubscribes_on_their_account_page(
    open_page: OpenPage, mail_folder: MailFolder
) -> None:
    ola = subscriber(OLA)
    page = open_page(ola.preferences_path(), scripts=False, size=PHONE)
    assert OLA not in page.content()
    page.click("text=Unsubscribe from everything")
    assert page.inner_text("h1") == "You are unsubscribed"
    assert not Subscriber.objects.get().is_active
    page.click("text=subscribe again")
    page.fill("#newsletter-email", "not an address")
    page.click("main button")
    assert "Enter a valid e-mail address, such as name@example.org." in page.inner_text("main")
    assert page.input_value("#newsletter-email") == "not an address"


def test_an_editor_writes_with_the_text_editor_of_the_admin(
    open_admin: OpenPage, edna: User
) -> None:
    first, second = published("First"), published("Second")
    draft = issue("With scripts", first, introduction="<p>Good <strong>morning</strong>.</p>")
    page = open_admin(edna, f"/admin/newsletter/issue/{draft.pk}/change/")
    writing = page.locator("[role=textbox][aria-label=Introduction]")
    assert writing.inner_text().strip() == "Good morning."
    writing.click()
    page.keyboard.press("Control+End")
    page.keyboard.type(" More words.")
    page.click("text=Second")
    page.locator(".ordered-row").nth(1).get_by_role("button", name="Move up").click()
    page.locator(".ordered-row").nth(1).get_by_label("section heading").fill("Also")
    preview = page.frame_locator(".issue-live iframe:last-of-type")
    expect(preview.locator("h2.section-name")).to_have_text("Also")
    expect(preview.locator(".words")).to_contain_text("More words.")
    page.click("button:has-text('Plain text')")
    expect(preview.locator("pre")).to_contain_text("====")
    with page.expect_navigation():
        page.click(".issue-bar-end [name=_continue]")
    draft.refresh_from_db()
    assert draft.introduction == "<p>Good <strong>morning</strong>. More words.</p>"
    chosen = [(item.article, item.heading) for item in draft.items.all()]
    assert chosen == [(second, ""), (first, "Also")]


def test_an_editor_composes_fixes_tests_sends_watches_and_decides(
    open_admin: OpenPage, edna: User, jobs: Jobs
) -> None:
    subscribers(4)
    published("Ferries at the strait")
    mail_image(headline="A quay", credit="", credit_exempt=False)
    page = open_admin(edna, "/admin/newsletter/issue/add/")
    page.select_option("select[name=newsletter]", label="News")
    page.fill("input[name=subject]", "Under way")
    page.click("text=Lead image")
    page.click(".image-widget-choose")
    page.click(".image-dialog [data-picture]")
    page.click(".issue-offer >> text=Ferries at the strait")
    page.click(".issue-bar-end [name=_continue]")
    # Not the URL, which the autosave changes.
    expect(page.locator(".messagelist .success")).to_be_visible()

    # The image blocks sending, with a link to fix it.
    page.click("button:has-text('Schedule or send')")
    assert "“A quay”" in page.inner_text(".errornote")
    assert not page.locator("button:has-text('Send now')").count()
    page.click("text=Add credit")
    page.fill("input[name=credit]", "Ines Faro")
    page.click("input[name=_save]")
    draft = Issue.objects.get()
    page.goto(f"/admin/newsletter/issue/{draft.pk}/send/")
    assert "No test was sent" in page.inner_text(".errornote")
    page.click(".errornote >> text=Send a test")
    page.click("button:has-text('Send test to')")
    assert "Test sent to" in page.inner_text(".messagelist")

    page.goto(f"/admin/newsletter/issue/{draft.pk}/send/")
    page.fill("[name=send_at]", "2031-05-06T09:00")
    page.click("button:has-text('Schedule')")
    assert "6 May 2031" in page.inner_text(".newsletter-delivery")
    page.click("button:has-text('Unschedule')")
    assert "is a draft again" in page.inner_text(".messagelist")
    page.goto(f"/admin/newsletter/issue/{draft.pk}/send/")
    page.click("button:has-text('Send now to 4 subscribers')")
    start_scheduled_issues()

    page.goto(f"/admin/newsletter/issue/{draft.pk}/change/")
    counts = page.locator(".issue-legend")
    assert "4 queued" in counts.inner_text()
    mark_one(draft)
    worker.deliver_batch(draft.pk, size=2)
    # The page updates itself without a reload.
    expect(counts).to_contain_text("2 sent")
    page.click("button:has-text('Pause')")
    assert page.inner_text(".newsletter-delivery h2") == "Paused"
    assert worker.deliver_batch(draft.pk) == 0
    page.click("button:has-text('Resume')")
    worker.deliver_batch(draft.pk)
    controls.mark_stale_uncertain(after=timedelta(0))
    page.reload()
    assert "One delivery has an unknown status" in page.inner_text(".newsletter-unresolved")
    page.click("button:has-text('Resend')")
    assert "1 e-mail will be resent." in page.inner_text(".messagelist")
    worker.deliver_batch(draft.pk)
    expect(page.locator(".issue-figures")).to_contain_text("4 of 4")
