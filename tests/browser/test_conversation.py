"""A conversation from the first comment to the last, by browser and e-mail, with and without scripts."""

import re
from collections.abc import Callable
from datetime import timedelta
from email.message import EmailMessage

import pytest
from django.utils import timezone
from playwright.sync_api import Page, Route, expect

from accounts.models import User
from articles.comments.models import Comment
from articles.comments.notifications import follows, outbox, sending
from articles.editorial.models import Article
from iria.publication.models import current_publication
from tests import newsroom
from tests.browser.conftest import OpenPage
from tests.conftest import MailFolder

pytestmark = pytest.mark.browser

TEO, ANA, DORA = "teo@readers.example", "ana@readers.example", "dora@readers.example"
WORDS = "I was on that ferry.\nIt was late."


@pytest.fixture
def article(site: str) -> Article:
    publication = current_publication()
    publication.guests_confirm_email = True
    publication.save()
    return newsroom.published("Ferries at the strait")


@pytest.fixture(autouse=True)
def _no_delays(monkeypatch: pytest.MonkeyPatch) -> None:
    """Tests type faster than people and do not wait for the time to undo a decision."""
    monkeypatch.setattr("articles.comments.screening.checks.TOO_QUICK", timedelta(0))
    monkeypatch.setattr(outbox, "DELAY", timedelta(0))


def write(
    page: Page, text: str, *, name: str, email: str, follow: str = "", scripts: bool = True
) -> None:
    """Fills in the form; without scripts, the next page asks guests for their name."""
    page.fill("#comment-text", text)
    page.select_option("#comment-follow", follow)
    if not scripts:
        page.click("text=Preview")
    page.fill("#comment-name", name)
    page.fill("#comment-email", email)


def send(page: Page) -> None:
    page.click("text=Submit comment")
    page.wait_for_url("**/comments/thanks/**")
    assert "We sent you an e-mail" in page.inner_text("main")


def link_in(message: EmailMessage, path: str) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    found = re.search(rf"https?://[^/\s]+({path}\S*)", body.get_content())
    assert found, body.get_content()
    return found[1]


def approve(page: Page) -> None:
    """Approves all pending comments in the moderation queue."""
    page.goto("/admin/articles/comment/")
    page.check("#result_list .action-select")
    page.click(".actions [value=approve_chosen]")
    assert "One comment was approved." in page.inner_text(".messagelist")


def send_over_a_broken_connection(page: Page) -> None:
    """Sends a comment over a broken connection; the text is kept, also after a reload."""

    def drop(route: Route) -> None:
        route.abort("internetdisconnected")

    page.route("**/comments/new/**", drop)
    page.click("text=Submit comment")
    page.wait_for_selector("text=The connection was lost")
    assert page.input_value("#comment-text") == WORDS
    page.reload()
    expect(page.locator("#comment-text")).to_have_value(WORDS)
    page.unroute("**/comments/new/**")


@pytest.mark.parametrize("scripts", [False, True], ids=["without scripts", "with scripts"])
def test_a_conversation_from_the_first_comment_to_the_last(
    scripts: bool,
    open_page: OpenPage,
    open_admin: OpenPage,
    article: Article,
    mina: User,
    jobs: Callable[[], None],
    mail_folder: MailFolder,
) -> None:
    def newest_to(url: str) -> EmailMessage:
        jobs()
        sending.send_due(timezone.now())
        return mail_folder.to(url)[-1]

    moderator = open_admin(mina, scripts=False)
    page = open_page(article.get_absolute_url(), scripts=scripts)

    # A guest comments and subscribes to replies.
    write(page, WORDS, name="Teo Brandt", email=TEO, follow="at_once", scripts=scripts)
    if scripts:
        send_over_a_broken_connection(page)
        write(page, WORDS, name="Teo Brandt", email=TEO, follow="at_once")
    send(page)
    assert not Comment.objects.pending().exists()

    # They confirm with the link in the e-mail; the comment is pending.
    page.goto(link_in(newest_to(TEO), "/comments/confirm/"))
    assert "replies" in page.inner_text("main")
    page.click("text=Confirm and submit")
    assert "pending approval" in page.inner_text("main [role=status]")
    approve(moderator)
    page.goto(article.get_absolute_url())
    assert "It was late." in page.inner_text("#comments")
    reply_link = link_in(newest_to(TEO), "/comments/yours/")

    # A second reader subscribes to the daily e-mail.
    second = open_page(article.get_absolute_url(), scripts=scripts)
    second.click("text=Follow these comments by e-mail")
    second.check("[name=frequency][value=daily]")
    second.fill("#follow-email", DORA)
    second.click("main button[type=submit]")
    assert second.inner_text("h1") == "Check your inbox"
    second.goto(link_in(newest_to(DORA), "/comments/follow/"))
    second.click("main button[type=submit]")
    assert second.inner_text("h1") == "You follow these comments"

    # Someone replies, and the guest is notified by e-mail.
    page.click("#comments article >> text=Reply")
    write(page, "Which one?", name="Ana Reis", email=ANA, scripts=scripts)
    send(page)
    page.goto(link_in(newest_to(ANA), "/comments/confirm/"))
    page.click("text=Confirm and submit")
    approve(moderator)
    notification = newest_to(TEO)
    assert notification["Subject"] == "Ana Reis replied to you on “Ferries at the strait”"
    page.goto(link_in(notification, r"/comments/\d+/"))
    assert "Which one?" in page.inner_text("article.comment:target")

    # The guest edits and deletes the comment; the reply stays.
    page.goto(reply_link)
    page.fill("#comment-text", "I was on the last ferry.")
    page.click("text=Save changes")
    assert "pending approval" in page.inner_text("main [role=status]")
    approve(moderator)
    page.goto(article.get_absolute_url())
    assert "I was on the last ferry." in page.inner_text("#comments")
    page.goto(reply_link)
    page.click("a:text-is('Delete comment')")
    page.click("button:text-is('Delete comment')")
    page.goto(article.get_absolute_url())
    conversation = page.inner_text("#comments")
    assert "ferry." not in conversation
    assert "The commenter deleted this comment." in conversation
    assert "Which one?" in conversation

    # The second reader gets the daily e-mail and unsubscribes with one click.
    assert not [mail for mail in mail_folder.to(DORA) if "List-Unsubscribe" in mail]
    sending.send_due(follows.next_digest(timezone.now()))
    daily = mail_folder.to(DORA)[-1]
    assert "Which one?" in daily.as_string()
    unsubscribe_url = str(daily["List-Unsubscribe"]).strip("<>")
    second.goto(unsubscribe_url)
    assert second.inner_text("h1") == "Unfollow"
    # As an e-mail client does it (RFC 8058): one POST without cookies.
    response = second.context.browser.new_context().request.post(  # type: ignore[union-attr]
        unsubscribe_url, form={"List-Unsubscribe": "One-Click"}
    )
    assert response.status == 200
    second.goto(unsubscribe_url)
    assert second.inner_text("h1") == "Unfollowed"
