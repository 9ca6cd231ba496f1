"""A confirmed subscription brings one welcome e-mail, with the latest issue."""

from datetime import timedelta
from email.message import EmailMessage
from smtplib import SMTPException

import pytest
from django.core import mail
from django.utils import timezone
from pytest_django import DjangoCaptureOnCommitCallbacks

from iria.core.text.names import slug_from
from iria.publication.models import current_publication
from newsletter import subscription_emails
from newsletter.models import Consent, Issue, Newsletter
from newsletter.subscriptions import opt_in
from newsletter.subscriptions.choices import SubscriptionChoice
from tests.newsletter.factories import news, subscriber
from tests.newsletter.mailserver import MailServer

pytestmark = pytest.mark.django_db
OLA = "ola@readers.example"


def confirmed(language: str = "") -> Consent:
    """Ola entered her address and confirmed it."""
    wanted = [SubscriptionChoice.usual(news())]
    opt_in.request(OLA, source_url="/", wanted=wanted, language=language)
    consent = Consent.objects.latest("pk")
    return opt_in.confirm(opt_in.confirmation_token(consent))


def sent_issue(subject: str, **fields: object) -> Issue:
    return Issue.objects.create(
        newsletter=news(),
        subject=subject,
        slug=slug_from(subject, fallback="issue", length=74),
        state=Issue.State.SENT,
        started_at=timezone.now(),
        sent_at=timezone.now(),
        sent_html="…",
        sent_text="…",
        **fields,
    )


def only_email() -> EmailMessage:
    (message,) = mail.outbox
    return message.message()


def test_the_welcome_names_and_links_the_latest_issue() -> None:
    sent_issue("An older one")
    latest = sent_issue("Freight, fish and a raft", preheader="What a box costs.")
    consent = confirmed()
    subscription_emails.send_welcome(consent.pk)
    message = only_email()
    html = message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    text = message.get_body(("plain",)).get_content()  # type: ignore[union-attr]
    for part in (html, text):
        assert latest.get_absolute_url() in part
        assert latest.subject in part
        assert latest.preheader in part
        assert consent.subscriber.preferences_path() in part
        assert "An older one" not in part


def test_the_welcome_can_be_unsubscribed_with_one_click() -> None:
    consent = confirmed()
    subscription_emails.send_welcome(consent.pk)
    message = only_email()
    assert consent.subscriber.token in message["List-Unsubscribe"]
    assert message["List-Unsubscribe-Post"] == "List-Unsubscribe=One-Click"
    assert message["To"] == OLA


def test_nobody_is_welcomed_twice(
    django_capture_on_commit_callbacks: DjangoCaptureOnCommitCallbacks,
) -> None:
    consent = confirmed()
    subscription_emails.send_welcome(consent.pk)
    opt_in.confirm(opt_in.confirmation_token(consent))
    subscription_emails.send_welcome(consent.pk)
    with django_capture_on_commit_callbacks():
        again = confirmed(language="fr")
    subscription_emails.send_welcome(again.pk)
    assert len(mail.outbox) == 1


def test_two_confirmations_at_the_same_moment_send_one_welcome(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    opt_in.request(OLA, source_url="/", wanted=[SubscriptionChoice.usual(news())])
    token = opt_in.confirmation_token(Consent.objects.get())
    # The second one has read the consent before the first one was committed.
    read_before = opt_in.consent_of(token)
    opt_in.confirm(token)
    monkeypatch.setattr(opt_in, "consent_of", lambda token: read_before)
    opt_in.confirm(token)
    consent = Consent.objects.get()
    assert consent.welcome == Consent.Welcome.DUE
    subscription_emails.send_welcome(consent.pk)
    assert len(mail.outbox) == 1


def test_without_an_issue_the_welcome_links_to_preferences_only() -> None:
    consent = confirmed()
    subscription_emails.send_welcome(consent.pk)
    assert consent.subscriber.preferences_path() in mail.outbox[0].body
    assert "/newsletter/issues/" not in mail.outbox[0].body


def test_an_issue_in_another_language_is_left_out() -> None:
    sent_issue("La mer monte", language="fr")
    english = sent_issue("The sea rises", language="en")
    sent_issue("Encore la mer", language="fr")
    subscription_emails.send_welcome(confirmed(language="en").pk)
    assert english.subject in mail.outbox[0].body
    assert "la mer" not in mail.outbox[0].body.lower()


def test_editors_write_the_text_of_the_welcome() -> None:
    text = "Good to have you.\n\nWrite to <us> & say what you read."
    Newsletter.objects.update(welcome_text=text)
    subscription_emails.send_welcome(confirmed().pk)
    message = only_email()
    html = message.get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "Good to have you.\n\nWrite to <us> & say" in mail.outbox[0].body
    assert "Write to &lt;us&gt; &amp; say what you read." in html


def test_the_welcome_can_be_turned_off() -> None:
    Newsletter.objects.update(sends_welcome=False)
    consent = confirmed()
    subscription_emails.send_welcome(consent.pk)
    assert mail.outbox == []
    assert subscription_emails.unsent_welcomes() == []


def test_a_reader_who_unsubscribed_meanwhile_is_not_welcomed() -> None:
    consent = confirmed()
    opt_in.unsubscribe(consent.subscriber.token)
    subscription_emails.send_welcome(consent.pk)
    assert mail.outbox == []


def test_changing_preferences_sends_no_welcome() -> None:
    ola = subscriber(OLA)
    opt_in._record_consent(ola, [SubscriptionChoice.usual(news())])
    assert not Consent.objects.filter(welcome=Consent.Welcome.DUE).exists()


def test_a_lost_job_is_repeated_for_a_day() -> None:
    consent, now = confirmed(), timezone.now()
    assert subscription_emails.unsent_welcomes() == []
    Consent.objects.update(confirmed_at=now - timedelta(minutes=2))
    assert subscription_emails.unsent_welcomes() == [consent.pk]
    Consent.objects.update(confirmed_at=now - timedelta(days=2))
    assert subscription_emails.unsent_welcomes() == []


@pytest.mark.parametrize(
    ("answer", "is_due_afterwards"),
    [("451 4.7.1 Greylisted", True), ("550 5.1.1 No such user", False)],
)
def test_a_deferred_welcome_stays_due_and_a_rejected_one_does_not(
    answer: str, is_due_afterwards: bool, mail_server: MailServer
) -> None:
    mail_server.on_recipient = lambda recipient: answer
    consent = confirmed()
    if is_due_afterwards:
        with pytest.raises(SMTPException):
            subscription_emails.send_welcome(consent.pk)
    else:
        subscription_emails.send_welcome(consent.pk)
    consent.refresh_from_db()
    assert (consent.welcome == Consent.Welcome.DUE) is is_due_afterwards


def test_the_welcome_is_in_the_design_of_the_publication() -> None:
    publication = current_publication()
    publication.accent, publication.postal_address = "#7a1f5a", "1 Quay Street"
    publication.save()
    subscription_emails.send_welcome(confirmed().pk)
    html = only_email().get_body(("html",)).get_content()  # type: ignore[union-attr]
    assert "#7a1f5a" in html
    assert "1 Quay Street" in html
