"""Mail to the writer: that it waits, and what was decided."""

import logging
from collections.abc import Callable
from smtplib import SMTPRecipientsRefused
from typing import Any

import pytest
from django.conf import settings
from django.test import Client

from accounts.models import User
from articles.comments.moderation import decisions
from articles.comments.notifications import commenter_emails
from articles.comments.notifications.commenter_emails import MAILS_A_DAY
from articles.comments.notifications.smtp import NotSent
from articles.comments.submission import posting
from articles.editorial.models import Article
from iria.core.mail import FolderBackend
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


def test_the_writer_hears_that_it_waits_and_what_was_decided(
    write: Write, mina: User, jobs: Callable[[], None], mail_folder: MailFolder, client: Client
) -> None:
    comment = write(waits=True)
    jobs()
    (received,) = mail_folder.to("teo@readers.example")
    assert received["Subject"].startswith("Your comment is pending approval")
    yours = link_in(text_of(received), "/comments/yours/")
    assert "pending approval" in client.get(yours).content.decode()
    decisions.approve(comment, by=mina)
    jobs()
    approved = mail_folder.to("teo@readers.example")[-1]
    assert approved["Subject"].startswith("Your comment was published")
    on_the_page = client.get(link_in(text_of(approved), f"/comments/{comment.pk}/"))
    assert on_the_page["Location"].endswith(f"#comment-{comment.pk}")


def test_a_rejection_gives_its_reason_only_when_told(
    write: Write, mina: User, jobs: Callable[[], None], mail_folder: MailFolder
) -> None:
    quiet, told = write("One", waits=True), write("Two", waits=True)
    jobs()
    decisions.reject(quiet, by=mina, reason="Dull")
    decisions.reject(told, by=mina, reason="It names a private person.", notify=True)
    jobs()
    mails = [text_of(message) for message in mail_folder.all()[-2:]]
    assert len(mails) == 2
    assert not any("Dull" in mail for mail in mails)
    assert sum("Reason: It names a private person." in mail for mail in mails) == 1


def test_an_account_gets_mail_at_its_own_address(
    write: Write, ola: User, jobs: Callable[[], None], mail_folder: MailFolder
) -> None:
    write(by=ola, waits=True)
    jobs()
    assert [message["To"] for message in mail_folder.all()] == [ola.email]


def test_what_fills_the_trap_gets_no_mail(
    article: Article, jobs: Callable[[], None], mail_folder: MailFolder
) -> None:
    posting.post(
        article,
        name="A",
        email="stranger@readers.example",
        text="Buy",
        honeypot="https://x.example",
    )
    jobs()
    assert mail_folder.all() == []


def test_nothing_is_sent_about_what_was_decided_meanwhile(
    write: Write, mina: User, jobs: Callable[[], None], mail_folder: MailFolder
) -> None:
    comment = write(waits=True)
    decisions.spam(comment, by=mina)
    jobs()
    assert mail_folder.all() == []


def test_a_stranger_cannot_be_flooded_through_our_form(
    write: Write, mail_folder: MailFolder
) -> None:
    limit, _ = MAILS_A_DAY
    for number in range(limit + 3):
        commenter_emails.send_received(write(f"Word {number}", waits=True).pk)
    assert len(mail_folder.all()) == limit


def test_imports_and_the_demo_write_to_nobody(
    article: Article, jobs: Callable[[], None], mail_folder: MailFolder
) -> None:
    comment = posting.post(
        article, name="Ana Reis", email="ana@readers.example", text="From before", quiet=True
    )
    decisions.approve(comment, by=None, quiet=True)
    jobs()
    assert mail_folder.all() == []
    assert comment.is_visible


def test_words_of_others_stay_in_the_body_of_a_mail(
    write: Write, article: Article, jobs: Callable[[], None], mail_folder: MailFolder
) -> None:
    Article.objects.filter(pk=article.pk).update(headline="Ferries\nBcc: all@readers.example")
    write("Harmless", name="Teo <b>", waits=True)
    jobs()
    (message,) = mail_folder.all()
    assert message["Bcc"] is None
    assert "Ferries Bcc: all@readers.example" in text_of(message)


def test_an_address_nobody_has_ends_the_matter_and_stays_out_of_the_log(
    write: Write,
    jobs: Callable[[], None],
    mail_folder: MailFolder,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def refuse(backend: FolderBackend, messages: Any) -> int:
        raise SMTPRecipientsRefused({"teo@readers.example": (550, b"teo@readers.example unknown")})

    comment = write(waits=True)
    monkeypatch.setattr(FolderBackend, "send_messages", refuse)
    with caplog.at_level(logging.DEBUG):
        jobs()
    assert f"comment {comment.pk} was refused" in caplog.text
    assert "teo@readers.example" not in caplog.text


def test_a_mail_server_that_is_away_is_asked_again_without_naming_anybody(
    write: Write, mail_folder: MailFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def is_away(backend: FolderBackend) -> None:
        raise ConnectionRefusedError("while writing to teo@readers.example")

    comment = write(waits=True)
    monkeypatch.setattr(FolderBackend, "open", is_away)
    with pytest.raises(NotSent) as caught:
        commenter_emails.send_received(comment.pk)
    assert "teo" not in str(caught.value)
    assert caught.value.__cause__ is None


def test_the_html_of_a_mail_says_what_its_text_says_and_why_it_came(
    write: Write, mail_folder: MailFolder
) -> None:
    comment = write(waits=True)
    commenter_emails.send_received(comment.pk)
    (message,) = mail_folder.all()
    body = message.get_body(("html",))
    assert body is not None
    html = body.get_content()
    assert f'href="{link_in(text_of(message), "/comments/yours/")}' in html.replace(
        str(settings.SITE_URL), ""
    )
    for words in (html, text_of(message)):
        assert "pending approval" in words
        assert "because this" in " ".join(words.split())
