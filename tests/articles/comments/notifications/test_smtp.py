"""What a mail server's answer means for the address that was written to."""

from smtplib import SMTPDataError, SMTPRecipientsRefused
from typing import Any

import pytest
from django.core.mail import EmailMessage

from articles.comments.notifications.models import Follower
from articles.comments.notifications.smtp import Outcome, send
from iria.core.mail import FolderBackend
from tests.conftest import MailFolder

pytestmark = pytest.mark.django_db

ANA = "ana@readers.example"


@pytest.mark.parametrize(
    ("code", "said", "outcome", "closed"),
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
def test_an_address_is_given_up_only_where_nobody_has_it(
    code: int,
    said: str,
    outcome: Outcome,
    closed: bool,
    mail_folder: MailFolder,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    def refuse(backend: FolderBackend, messages: Any) -> int:
        raise SMTPRecipientsRefused({ANA: (code, said.encode())})

    Follower.objects.create(email=ANA)
    monkeypatch.setattr(FolderBackend, "send_messages", refuse)
    message = EmailMessage("Hello", "Words", to=[ANA])
    assert send(message, about="a test") is outcome
    assert Follower.objects.filter(suppressed_at__isnull=False).exists() == closed


def test_a_server_that_takes_no_mail_at_all_closes_nobodys_address(
    mail_folder: MailFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(backend: FolderBackend, messages: Any) -> int:
        raise SMTPDataError(554, b"5.7.1 not today")

    Follower.objects.create(email=ANA)
    monkeypatch.setattr(FolderBackend, "send_messages", refuse)
    message = EmailMessage("Hello", "Words", to=[ANA])
    assert send(message, about="a test") is Outcome.DEFERRED
    assert not Follower.objects.filter(suppressed_at__isnull=False).exists()


def test_an_address_that_cannot_be_written_to_ends_the_matter(
    mail_folder: MailFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    def cannot(backend: FolderBackend, messages: Any) -> int:
        raise ValueError("Invalid address")

    monkeypatch.setattr(FolderBackend, "send_messages", cannot)
    message = EmailMessage("Hello", "Words", to=["zoë@readers.example"])
    assert send(message, about="a test") is Outcome.REFUSED
