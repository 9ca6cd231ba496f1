"""Everybody who entered an address gets one e-mail when the mail server accepts it."""

from contextlib import nullcontext
from datetime import timedelta
from smtplib import SMTPException

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from newsletter import subscription_emails
from newsletter.models import Consent
from newsletter.subscriptions import opt_in
from newsletter.subscriptions.choices import SubscriptionChoice
from tests.newsletter.factories import news
from tests.newsletter.mailserver import MailServer

pytestmark = pytest.mark.django_db
OLA = "ola@readers.example"


@pytest.mark.parametrize(
    ("step", "answer", "is_final"),
    [
        ("on_recipient", "550 5.1.1 No such user", True),
        ("on_data", "554 5.7.1 We do not like this mail", True),
        ("on_recipient", "451 4.7.1 Greylisted", False),
        ("on_data", "451 4.3.0 Not now", False),
    ],
)
def test_a_permanent_rejection_is_not_retried(
    step: str, answer: str, is_final: bool, mail_server: MailServer
) -> None:
    setattr(mail_server, step, lambda recipient: answer)
    opt_in.request(OLA, source_url="/", wanted=[SubscriptionChoice.usual(news())])
    consent = Consent.objects.get()
    with nullcontext() if is_final else pytest.raises(SMTPException):
        subscription_emails.answer(consent.pk)
    consent.refresh_from_db()
    assert (consent.answered_at is not None, consent.answer == "none") == (is_final, is_final)


def test_a_lost_job_is_repeated(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    opt_in.request(OLA, source_url="/", wanted=[SubscriptionChoice.usual(news())])
    assert subscription_emails.unanswered() == []
    Consent.objects.update(asked_at=timezone.now() - timedelta(minutes=2))
    (consent_id,) = subscription_emails.unanswered()
    subscription_emails.answer(consent_id)
    assert subscription_emails.unanswered() == []
    assert len(mail.outbox) == 1


def test_a_temporary_rejection_is_retried_ever_less_often() -> None:
    opt_in.request(OLA, source_url="/", wanted=[SubscriptionChoice.usual(news())])
    now, attempts = timezone.now(), []
    for minutes in range(60):
        Consent.objects.update(asked_at=now - timedelta(minutes=minutes, seconds=5))
        attempts += [minutes] if subscription_emails.unanswered() else []
    assert attempts == [*range(1, 10), 15, 30, 45]
