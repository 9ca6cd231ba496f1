"""A suppressed address stays suppressed, even if erased, until somebody removes it."""

import pytest
from django.core import mail
from django.test import Client
from django.urls import reverse

from accounts.models import User
from newsletter import subscription_emails
from newsletter.models import Consent, Subscriber, Suppression
from newsletter.subscriptions import opt_in, suppression
from newsletter.subscriptions.choices import SubscriptionChoice
from tests.newsletter.factories import news, subscriber

pytestmark = pytest.mark.django_db
OLA = "ola@readers.example"


def sign_up_and_answer(email: str = OLA) -> Consent:
    opt_in.request(email, source_url="/", wanted=[SubscriptionChoice.usual(news())])
    consent = Consent.objects.latest("pk")
    subscription_emails.answer(consent.pk)
    consent.refresh_from_db()
    return consent


def test_an_erased_address_stays_suppressed_by_its_hash() -> None:
    ola = subscriber(OLA)
    suppression.suppress(ola, details="No such address", reason="hard")
    opt_in.erase(ola)
    stored = Suppression.objects.get()
    assert stored.subscriber is None
    assert "ola" not in stored.email_hash + stored.details
    assert suppression.is_suppressed("OLA@readers.example")

    consent = sign_up_and_answer("Ola@readers.example")
    assert consent.answer == Consent.Answer.NONE
    assert mail.outbox == []
    with pytest.raises(opt_in.NotPossible):
        opt_in.confirm(opt_in.confirmation_token(consent))


def test_an_erased_unsubscriber_is_known_by_hash_until_resubscribing() -> None:
    ola = subscriber(OLA)
    opt_in.unsubscribe(ola.token)
    ola.refresh_from_db()
    opt_in.erase(ola)
    stored = Suppression.objects.get()
    assert (stored.reason, stored.subscriber) == ("left", None)
    assert "ola" not in stored.email_hash + stored.details
    # An import does not resubscribe her, but other e-mails and a new sign-up are possible.
    assert not suppression.is_suppressed(OLA)
    consent = sign_up_and_answer()
    assert consent.answer == Consent.Answer.CONFIRM
    opt_in.confirm(opt_in.confirmation_token(consent))
    assert Subscriber.objects.get().is_active
    assert not Suppression.objects.exists()


def test_a_bounce_suppresses_the_hash_of_an_erased_unsubscriber() -> None:
    ola = subscriber(OLA)
    opt_in.unsubscribe(ola.token)
    ola.refresh_from_db()
    opt_in.erase(ola)
    suppression.suppress_bounced(OLA, "550 no such user")
    assert Suppression.objects.get().reason == "hard"
    assert suppression.is_suppressed(OLA)


def test_suppressing_twice_is_one_row_and_removal_keeps_the_reason(edna: User) -> None:
    ola = subscriber(OLA)
    suppression.suppress(ola, details="Full for a month", reason="soft")
    suppression.suppress(ola, details="No such address", reason="hard")
    row = Suppression.objects.get()
    assert row.reason == "soft"

    with pytest.raises(ValueError, match="Enter a reason"):
        suppression.remove_suppression(row, reason="  ", by=edna)
    suppression.remove_suppression(row, reason="She made room", by=edna)
    suppression.remove_suppression(row, reason="Once more", by=edna)
    row.refresh_from_db()
    assert (row.removal_reason, row.removed_by) == ("She made room", edna)
    ola.refresh_from_db()
    assert ola.state == Subscriber.State.UNSUBSCRIBED
    assert not suppression.is_suppressed(OLA)


def test_a_person_erased_and_suppressed_again_can_be_released(edna: User) -> None:
    ola = subscriber(OLA)
    suppression.suppress(ola, details="No such address", reason="hard")
    opt_in.erase(ola)
    sign_up_and_answer()
    suppression.suppress(Subscriber.objects.get(), details="By telephone", by=edna)
    row = Suppression.objects.get()
    assert row.subscriber == Subscriber.objects.get()
    suppression.remove_suppression(row, reason="She asked by phone", by=edna)
    assert Subscriber.objects.get().state == Subscriber.State.UNSUBSCRIBED
    assert sign_up_and_answer().answer == Consent.Answer.CONFIRM


def test_an_editor_finds_and_removes_the_suppression_of_an_erased_address(
    editor_client: Client,
) -> None:
    ola = subscriber(OLA)
    suppression.suppress(ola, details="No such address", reason="hard")
    opt_in.erase(ola)
    changelist = reverse("admin:newsletter_suppression_changelist")
    assert (
        "erased (only a hash is stored)"
        in editor_client.get(changelist, {"q": OLA}).content.decode()
    )
    nobody = editor_client.get(changelist, {"q": "mina@readers.example"}).content.decode()
    assert "erased (only a hash is stored)" not in nobody

    row = Suppression.objects.get()
    form_data = {"action": "release", "_selected_action": [row.pk]}
    rejected = editor_client.post(changelist, form_data, follow=True).content.decode()
    assert "Enter a reason. Nothing was removed." in rejected
    assert suppression.is_suppressed(OLA)

    change = reverse("admin:newsletter_suppression_change", args=[row.pk])
    assert "Reason" in editor_client.get(change).content.decode()
    assert (
        "This field is required"
        in editor_client.post(change, {"removal_reason": ""}).content.decode()
    )
    editor_client.post(change, {"removal_reason": "She asked by phone"})
    assert not suppression.is_suppressed(OLA)
    # A removed suppression is read-only.
    assert 'name="removal_reason"' not in editor_client.get(change).content.decode()
    assert editor_client.post(change, {"removal_reason": "Changed"}).status_code == 403


def test_a_reporter_sees_no_suppression(client: Client, rui: User) -> None:
    client.force_login(rui)
    assert client.get(reverse("admin:newsletter_suppression_changelist")).status_code == 403
