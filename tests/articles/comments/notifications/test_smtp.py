"""The outcome of an e-mail by the response of the mail server."""

from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any

import pytest
from django.core.mail import EmailMessage

from articles.comments.notifications.models import Follower
from articles.comments.notifications.outbox import Outcome, send_email
from iria.core.mail import FolderBackend
from tests.conftest import MailFolder

pytestmark = pytest.mark.django_db

ANA = "ana@readers.example"


@pytest.mark.parametrize(
    ("code", "response", "outcome", "suppressed"),
    [
        (550, "5.1.1 no such mailbox", Outcome.REFUSED, True),
        (550, "User unknown", Outcome.REFUSED, True),
        (554, "5.2.1 mailbox disabled", Outcome.REFUSED, True),
        (550, "5.7.1 blocked by policy", Outcome.REFUSED, False),
        (554, "your network is not welcome", Outcome.REFUSED, False),
        (552, "mailbox full", Outcome.DEFERRED, False),
        (450, "4.2.0 greylisted", Outcome.DEFERRED, False),
    ],
)
def test_an_address_is_suppressed_only_if_it_does_not_exist(
    code: int,
    response: str,
    outcome: Outcome,
    suppressed: bool,
    mail_folder: MailFolder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(backend: FolderBackend, messages: Any) -> int:
        raise SMTPRecipientsRefused({ANA: (code, response.encode())})

    Follower.objects.create(email=ANA)
    monkeypatch.setattr(FolderBackend, "send_messages", refuse)
    message = EmailMessage("Hello", "Words", to=[ANA])
    assert send_email(message, about="a test") is outcome
    assert Follower.objects.filter(suppressed_at__isnull=False).exists() == suppressed


def test_a_server_that_rejects_all_emails_suppresses_no_address(
    mail_folder: MailFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(backend: FolderBackend, messages: Any) -> int:
        raise SMTPDataError(554, b"5.7.1 not today")

    Follower.objects.create(email=ANA)
    monkeypatch.setattr(FolderBackend, "send_messages", refuse)
    message = EmailMessage("Hello", "Words", to=[ANA])
    assert send_email(message, about="a test") is Outcome.DEFERRED
    assert not Follower.objects.filter(suppressed_at__isnull=False).exists()


def test_an_unsupported_address_is_refused(
    mail_folder: MailFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(backend: FolderBackend, messages: Any) -> int:
        raise ValueError("Invalid address")

    monkeypatch.setattr(FolderBackend, "send_messages", fail)
    message = EmailMessage("Hello", "Words", to=["zoë@readers.example"])
    assert send_email(message, about="a test") is Outcome.REFUSED
