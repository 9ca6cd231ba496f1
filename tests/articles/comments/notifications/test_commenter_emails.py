"""E-mails to commenters: pending, and decided."""

import logging
from collections.abc import Callable
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from articles.comments.notifications import sending
from articles.comments.notifications.models import Follow
from articles.comments.notifications.outbox import NotSent
from articles.comments.notifications.sending import DAILY_LIMIT
from articles.editorial.models import Article
from iria.core.mail import FolderBackend
from tests import commenting, moderation
from tests.articles.comments.conftest import Write
from tests.conftest import MailFolder

pytestmark = pytest.mark.django_db(transaction=True, serialized_rollback=True)


def text_of(message: Any) -> str:
    body = message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(text: str, part: str) -> str:
    found = next(line for line in text.splitlines() if part in line)
    return "/" + found.split("/", 3)[3]


def test_the_commenter_is_notified_of_pending_and_approved_comments(
    write: Write, mina: User, jobs: Callable[[], None], mail_folder: MailFolder, client: Client
) -> None:
    comment = write(pending=True)
    jobs()
    (received,) = mail_folder.to("teo@readers.example")
    assert received["Subject"].startswith("Your comment is pending approval")
    url = link_in(text_of(received), "/comments/yours/")
    assert "pending approval" in client.get(url).content.decode()
    moderation.approve(comment, by=mina)
    jobs()
    approved = mail_folder.to("teo@readers.example")[-1]
    assert approved["Subject"].startswith("Your comment was published")
    response = client.get(link_in(text_of(approved), f"/comments/{comment.pk}/"))
    assert response["Location"].endswith(f"#comment-{comment.pk}")


def test_one_email_says_pending_and_asks_to_confirm_the_replies(
    article: Article, jobs: Callable[[], None], mail_folder: MailFolder, client: Client
) -> None:
    comment = commenting.post(
        article,
        name="Teo Brandt",
        email="teo@readers.example",
        text="I was on that ferry.",
        follow=Follow.Frequency.DAILY,
    )
    jobs()
    (received,) = mail_folder.to("teo@readers.example")
    client.post(link_in(text_of(received), "/comments/follow/"))
    assert Follow.objects.active().get().comment == comment


def test_a_rejection_has_its_reason_only_if_the_moderator_chose_so(
    write: Write, mina: User, jobs: Callable[[], None], mail_folder: MailFolder
) -> None:
    without_reason, with_reason = write("One", pending=True), write("Two", pending=True)
    jobs()
    moderation.reject(without_reason, by=mina, reason="Dull")
    moderation.reject(with_reason, by=mina, reason="It names a private person.", notify=True)
    jobs()
    texts = [text_of(message) for message in mail_folder.all()[-2:]]
    assert len(texts) == 2
    assert not any("Dull" in text for text in texts)
    assert sum("Reason: It names a private person." in text for text in texts) == 1


def test_an_account_gets_emails_at_its_own_address(
    write: Write, ola: User, jobs: Callable[[], None], mail_folder: MailFolder
) -> None:
    write(by=ola, pending=True)
    jobs()
    assert [message["To"] for message in mail_folder.all()] == [ola.email]


def test_a_filled_honeypot_sends_no_email(
    article: Article, jobs: Callable[[], None], mail_folder: MailFolder
) -> None:
    commenting.post(
        article,
        name="A",
        email="stranger@readers.example",
        text="Buy",
        honeypot="https://x.example",
    )
    jobs()
    assert mail_folder.all() == []


def test_no_pending_email_is_sent_about_a_decided_comment(
    write: Write, mina: User, jobs: Callable[[], None], mail_folder: MailFolder
) -> None:
    comment = write(pending=True)
    moderation.spam(comment, by=mina)
    jobs()
    assert mail_folder.all() == []


def test_the_number_of_emails_to_an_address_is_limited(
    write: Write, mail_folder: MailFolder
) -> None:
    limit, _ = DAILY_LIMIT
    for number in range(limit + 3):
        sending.send_received(write(f"Word {number}", pending=True).pk)
    assert len(mail_folder.all()) == limit


def test_line_breaks_in_a_headline_add_no_email_headers(
    write: Write, article: Article, jobs: Callable[[], None], mail_folder: MailFolder
) -> None:
    Article.objects.filter(pk=article.pk).update(headline="Ferries\nBcc: all@readers.example")
    write("Harmless", name="Teo <b>", pending=True)
    jobs()
    (message,) = mail_folder.all()
    assert message["Bcc"] is None
    assert "Ferries Bcc: all@readers.example" in text_of(message)


def test_a_rejected_recipient_is_logged_without_the_address(
    write: Write,
    jobs: Callable[[], None],
    mail_folder: MailFolder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(backend: FolderBackend, messages: Any) -> int:
        raise SMTPRecipientsRefused({"teo@readers.example": (550, b"teo@readers.example unknown")})

    comment = write(pending=True)
    monkeypatch.setattr(FolderBackend, "send_messages", refuse)
    with caplog.at_level(logging.DEBUG):
        jobs()
    assert f"comment {comment.pk} was rejected" in caplog.text
    assert "teo@readers.example" not in caplog.text


def test_the_error_of_an_unreachable_server_has_no_address(
    write: Write, mail_folder: MailFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse_connection(backend: FolderBackend) -> None:
        raise ConnectionRefusedError("while writing to teo@readers.example")

    comment = write(pending=True)
    monkeypatch.setattr(FolderBackend, "open", refuse_connection)
    with pytest.raises(NotSent) as error:
        sending.send_received(comment.pk)
    assert "teo" not in str(error.value)
    assert error.value.__cause__ is None


def test_html_and_text_have_the_same_content_and_the_reason(
    write: Write, mail_folder: MailFolder
) -> None:
    comment = write(pending=True)
    sending.send_received(comment.pk)
    (message,) = mail_folder.all()
    body = message.get_body(("html",))
    assert body is not None
    html = body.get_content()
    assert f'href="{link_in(text_of(message), "/comments/yours/")}' in html.replace(
        str(settings.SITE_URL), ""
    )
    for text in (html, text_of(message)):
        assert "pending approval" in text
        assert "because this" in " ".join(text.split())
