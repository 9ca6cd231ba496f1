"""The newsletter from subscribing to unsubscribing, without scripts."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage
from urllib.error import HTTPError
from urllib.parse import urlsplit
from urllib.request import Request, urlopen

import pytest
from playwright.sync_api import Page, expect

from accounts.models import User
from articles.search import indexer
from newsletter.delivery import controls, worker
from newsletter.models import Delivery, Issue, Subscriber
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


def html_of(message: EmailMessage) -> str:
    part = message.get_body(("html",))
    assert part is not None
    return " ".join(str(part.get_content()).split())


def text_of(message: EmailMessage) -> str:
    part = message.get_body(("plain",))
    assert part is not None
    return str(part.get_content())


def path_in(message: EmailMessage, part: str) -> str:
    """The path of the only URL in the e-mail that contains this."""
    (url,) = {found for found in re.findall(r"http\S+", text_of(message)) if part in found}
    return str(urlsplit(url).path)


def post_one_click(url: str) -> int:
    """Sends the request of an e-mail client whose user presses “Unsubscribe”, without cookies."""
    request = Request(url, data=b"List-Unsubscribe=One-Click", method="POST")
    try:
        with urlopen(request, timeout=20) as response:
            assert "Set-Cookie" not in response.headers
            return int(response.status)
    except HTTPError as refusal:
        return refusal.code


def compose_and_send(page: Page, subject: str) -> None:
    """Creates and sends an issue in the admin."""
    page.goto("/admin/newsletter/issue/add/")
    page.select_option("select[name=newsletter]", label="News")
    page.fill("input[name=subject]", subject)
    page.fill("textarea[name=introduction]", "Good morning.\n\nOne piece today.")
    page.fill("input[name=chosen_articles-search]", "strait")
    page.click("button[name=_search]")
    page.check("input[name=chosen_articles-add]")
    page.click(".issue-bar-end [name=_continue]")
    page.click(".issue-bar-end [name=_test]")
    assert "Test sent to" in page.inner_text(".messagelist")
    page.click(".issue-bar-end .default")
    page.click("button:has-text('Send now to')")
    assert "in one minute. You can cancel until then." in page.inner_text(".messagelist")
    assert page.locator("button:has-text('Unschedule')").is_visible()
    start_scheduled_issues()


def test_a_reader_subscribes_receives_and_unsubscribes_without_scripts(
    open_page: OpenPage,
    open_admin: OpenPage,
    edna: User,
    jobs: Jobs,
    mail_folder: MailFolder,
    site: str,
) -> None:
    published("A quiet week at the strait", lead_image=mail_image())
    indexer.reindex()
    subscriber("mina@readers.example")

    reader = open_page("/newsletter/", scripts=False, size=PHONE)
    reader.fill("#newsletter-email", OLA)
    reader.click("main .field-row button")
    assert reader.inner_text("h1") == "Check your inbox"

    jobs()
    (pending_request,) = mail_folder.to(OLA)
    reader.goto(path_in(pending_request, "/newsletter/confirm/"))
    assert "You are not subscribed yet. Select “Confirm” to subscribe." in reader.inner_text("main")
    assert not Subscriber.objects.get(email=OLA).is_active
    reader.click("main button")
    assert reader.inner_text("h1") == "You are subscribed"

    editor = open_admin(edna, "/admin/newsletter/issue/", scripts=False)
    compose_and_send(editor, "What moved this week")
    jobs()
    welcome, first = [mail for mail in mail_folder.to(OLA) if mail["List-Unsubscribe"]]
    assert welcome["Subject"] != first["Subject"] == "What moved this week"
    assert "One piece today." in text_of(first)
    assert "Image Credit: Ines Faro/via Meridian Pictures" in html_of(first)
    editor.reload()
    assert "2 of 2" in editor.inner_text(".issue-figures")
    editor.click("summary:has-text('Deliveries')")
    assert re.search(r"2 recipients =.*2 sent", editor.inner_text(".newsletter-equation"))

    reader.goto(path_in(first, "/newsletter/issues/"))
    assert reader.inner_text("h1") == "What moved this week"
    leave = str(first["List-Unsubscribe"]).strip("<>")
    reader.goto(urlsplit(leave).path)
    assert (
        "You are still subscribed. Select “Unsubscribe” to stop all e-mails to"
        in reader.inner_text("main")
    )
    assert post_one_click(leave) == 200
    assert post_one_click(leave) == 200
    assert reader.context.cookies() == []

    compose_and_send(editor, "And the week after")
    jobs()
    subjects = [mail["Subject"] for mail in mail_folder.to(OLA)]
    assert "And the week after" not in subjects
    assert "And the week after" in [
        mail["Subject"] for mail in mail_folder.to("mina@readers.example")
    ]
    assert Delivery.objects.filter(issue__subject="And the week after").count() == 1
    assert Issue.objects.get(subject="And the week after").state == "sent"


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
