"""Subscribing, confirming, unsubscribing and resubscribing."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import IntegrityError, transaction
from django.utils import timezone
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from iria.core.security import BrokenToken, ExpiredToken
from newsletter import subscription_emails
from newsletter.models import Consent, Delivery, Newsletter, Subscriber, Subscription
from newsletter.subscriptions import opt_in, suppression
from newsletter.subscriptions.choices import Choice, SubscriptionChoice
from tests.newsletter.factories import issue, news, subscriber
from tests.proofs.size import sized

pytestmark = pytest.mark.django_db
OLA = "ola@readers.example"


def sign_up_and_answer(email: str = OLA, *newsletters: Newsletter) -> Consent:
    """Signs up an address and runs the job."""
    opt_in.request(
        email,
        source_url="/2026/05/a-story/",
        wanted=[SubscriptionChoice.usual(each) for each in newsletters or [news()]],
    )
    consent = Consent.objects.latest("pk")
    subscription_emails.answer(consent.pk)
    consent.refresh_from_db()
    return consent


def state_of_ola() -> str:
    return Subscriber.objects.with_email(OLA).get().state


def test_entering_an_address_subscribes_nobody() -> None:
    consent = sign_up_and_answer()
    assert state_of_ola() == "pending"
    assert consent.answer == Consent.Answer.CONFIRM
    assert not Subscription.objects.exists()


def test_confirming_subscribes_and_stores_the_consent() -> None:
    consent = sign_up_and_answer()
    opt_in.confirm(opt_in.confirmation_token(consent))
    consent.refresh_from_db()
    assert state_of_ola() == "active"
    assert consent.source_url == "/2026/05/a-story/"
    assert "“News”" in consent.wording
    assert consent.confirmed_at is not None
    assert list(consent.newsletters.all()) == [news()]
    assert Subscriber.objects.receiving(news()).count() == 1


def test_confirming_twice_changes_nothing() -> None:
    token = opt_in.confirmation_token(sign_up_and_answer())
    first = opt_in.confirm(token).confirmed_at
    assert opt_in.confirm(token).confirmed_at == first
    assert Subscription.objects.count() == 1


def test_a_confirmation_link_is_valid_for_three_days(monkeypatch: pytest.MonkeyPatch) -> None:
    token = opt_in.confirmation_token(sign_up_and_answer())
    monkeypatch.setattr(opt_in, "CONFIRM_WITHIN", timedelta(seconds=-1))
    with pytest.raises(ExpiredToken):
        opt_in.confirm(token)
    assert state_of_ola() == "pending"


def test_a_truncated_link_confirms_nothing() -> None:
    token = opt_in.confirmation_token(sign_up_and_answer())
    for piece in (token[:-1], token[1:], "", "x", token + "x"):
        with pytest.raises(BrokenToken):
            opt_in.confirm(piece)
    assert state_of_ola() == "pending"


def test_case_makes_no_second_subscriber() -> None:
    sign_up_and_answer("Ola@readers.example")
    sign_up_and_answer("oLA@readers.example")
    assert Subscriber.objects.count() == 1
    with pytest.raises(IntegrityError), transaction.atomic():
        Subscriber.objects.create(email="OLA@readers.example")


def test_the_confirmation_mail_explains_what_happens() -> None:
    consent = sign_up_and_answer()
    (message,) = mail.outbox
    assert message.to == [OLA]
    assert opt_in.confirmation_token(consent).split(":")[0] in message.body
    assert (
        "The link is valid for three days. If this was not you, do nothing: you will not be subscribed."
        in " ".join(message.body.split())
    )
    assert message.extra_headers["Auto-Submitted"] == "auto-generated"


def test_a_form_submitted_twice_sends_one_mail() -> None:
    sign_up_and_answer()
    assert sign_up_and_answer().answer == Consent.Answer.NONE
    assert len(mail.outbox) == 1


def test_signing_up_again_later_sends_a_new_link() -> None:
    Consent.objects.filter(pk=sign_up_and_answer().pk).update(
        answered_at=timezone.now() - timedelta(minutes=11)
    )
    assert sign_up_and_answer().answer == Consent.Answer.CONFIRM
    assert len(mail.outbox) == 2


def test_confirmation_mails_per_day_are_limited() -> None:
    for _ in range(20):
        sign_up_and_answer()
        Consent.objects.update(answered_at=timezone.now() - timedelta(minutes=11))
    assert len(mail.outbox) == subscription_emails.MAX_LINKS_PER_DAY
    assert Consent.objects.count() == opt_in.MAX_REQUESTS_PER_DAY


def test_an_existing_subscriber_is_reminded_once_a_day() -> None:
    subscriber(OLA)
    assert sign_up_and_answer().answer == Consent.Answer.KNOWN
    assert sign_up_and_answer().answer == Consent.Answer.NONE
    (message,) = mail.outbox
    assert "already" in message.subject
    Consent.objects.update(answered_at=timezone.now() - timedelta(days=1, minutes=1))
    assert sign_up_and_answer().answer == Consent.Answer.KNOWN


def test_a_subscriber_may_add_a_newsletter_by_confirming() -> None:
    analysis = Newsletter.objects.create(name="Weekly analysis", slug="weekly")
    subscriber(OLA)
    consent = sign_up_and_answer(OLA, news(), analysis)
    assert consent.answer == Consent.Answer.CONFIRM
    opt_in.confirm(opt_in.confirmation_token(consent))
    assert Subscriber.objects.receiving(analysis).count() == 1


def test_unsubscribing_works_at_once_twice_and_years_later() -> None:
    ola = subscriber(OLA)
    assert opt_in.unsubscribe(ola.token) == ola
    first = Subscriber.objects.get().unsubscribed_at
    assert state_of_ola() == "left"
    assert not Subscription.objects.exists()
    opt_in.unsubscribe(ola.token)
    assert Subscriber.objects.get().unsubscribed_at == first


def test_an_old_link_does_not_resubscribe() -> None:
    used = sign_up_and_answer()
    opt_in.confirm(opt_in.confirmation_token(used))
    opt_in.unsubscribe(used.subscriber.token)
    with pytest.raises(opt_in.NotPossible, match="Enter your e-mail address again"):
        opt_in.confirm(opt_in.confirmation_token(used))
    assert state_of_ola() == "left"


def test_an_unsubscriber_may_resubscribe_by_confirming_again() -> None:
    ola = subscriber(OLA)
    opt_in.unsubscribe(ola.token)
    consent = sign_up_and_answer()
    assert state_of_ola() == "left"
    opt_in.confirm(opt_in.confirmation_token(consent))
    assert state_of_ola() == "active"


def test_a_suppressed_address_gets_no_mail() -> None:
    ola = subscriber(OLA)
    suppression.suppress(ola, details="Complaint")
    consent = sign_up_and_answer()
    assert consent.answer == Consent.Answer.NONE
    with pytest.raises(opt_in.NotPossible):
        opt_in.confirm(opt_in.confirmation_token(consent))
    opt_in.unsubscribe(ola.token)
    assert state_of_ola() == "suppressed"
    assert mail.outbox == []
    suppression.remove_suppression(ola.suppressions.get(), reason="She asked by mail")
    ola.refresh_from_db()
    assert sign_up_and_answer().answer == Consent.Answer.CONFIRM


def test_choosing_nothing_unsubscribes() -> None:
    ola = subscriber(OLA)
    opt_in.choose(ola.token, Choice([]))
    assert state_of_ola() == "left"


def test_saving_preferences_records_a_consent() -> None:
    ola = subscriber(OLA)
    analysis = Newsletter.objects.create(name="Weekly analysis", slug="weekly")
    opt_in.choose(ola.token, Choice([SubscriptionChoice.usual(analysis)]))
    assert set(ola.newsletters.all()) == {analysis}
    consent = Consent.objects.get()
    assert consent.confirmed_at is not None
    assert "Weekly analysis" in consent.wording


def test_erasing_keeps_the_number_of_deliveries() -> None:
    ola = subscriber(OLA)
    sent = issue()
    Delivery.objects.create(
        issue=sent,
        subscriber=ola,
        state="sent",
        message_id="<1@example.org>",
        due_at=timezone.now(),
        created_at=timezone.now(),
        sending_at=timezone.now(),
        done_at=timezone.now(),
    )
    sign_up_and_answer()
    opt_in.erase(ola)
    assert not Subscriber.objects.exists()
    assert not Consent.objects.exists()
    assert sent.deliveries.counts()["sent"] == 1
    assert opt_in.unsubscribe(ola.token) is None


def test_unconfirmed_addresses_are_deleted_after_thirty_days() -> None:
    sign_up_and_answer()
    sign_up_and_answer("mina@readers.example")
    subscriber("rui@readers.example")
    long_ago = timezone.now() - timedelta(days=31)
    Subscriber.objects.exclude(email="mina@readers.example").update(created_at=long_ago)
    Consent.objects.exclude(subscriber__email="mina@readers.example").update(asked_at=long_ago)
    assert opt_in.delete_unconfirmed() == 1
    assert set(Subscriber.objects.values_list("email", flat=True)) == {
        "mina@readers.example",
        "rui@readers.example",
    }


@settings(
    max_examples=sized(20, 60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(some.lists(some.sampled_from(["ask", "confirm", "confirm-old", "leave", "nothing", "all"])))
def test_no_order_of_actions_breaks_the_invariants(actions: list[str]) -> None:
    """A subscriber is active if the last effective action was a confirmation, and the consent is
    stored.
    """
    with transaction.atomic():
        _play(actions)
        transaction.set_rollback(True)


def _play(actions: list[str]) -> None:
    expected, consents = "none", []
    for action in actions:
        reader = Subscriber.objects.first()
        if action == "ask":
            opt_in.request(OLA, source_url="/", wanted=[SubscriptionChoice.usual(news())])
            consents.append(Consent.objects.latest("pk"))
            expected = "pending" if expected == "none" else expected
        elif reader is None:
            continue
        elif action.startswith("confirm"):
            consent = consents[0] if action == "confirm-old" else consents[-1]
            consent.refresh_from_db()
            stale = (
                reader.unsubscribed_at is not None and reader.unsubscribed_at >= consent.asked_at
            )
            try:
                opt_in.confirm(opt_in.confirmation_token(consent))
                assert not stale
                expected = "active"
            except opt_in.NotPossible:
                assert stale
        elif action == "leave" or expected == "active":
            chosen = [SubscriptionChoice.usual(news())] if action == "all" else []
            if action == "leave":
                opt_in.unsubscribe(reader.token)
            else:
                opt_in.choose(reader.token, Choice(chosen))
            expected = "active" if chosen else "left"
        _check(expected)


def _check(expected: str) -> None:
    stored = Subscriber.objects.get()
    assert stored.state == expected
    assert stored.subscriptions.exists() == (expected == "active")
    if expected == "active":
        proof = stored.consents.filter(confirmed_at__isnull=False)
        assert (
            proof.filter(asked_at__gt=stored.unsubscribed_at).exists()
            if stored.unsubscribed_at
            else proof.exists()
        )
