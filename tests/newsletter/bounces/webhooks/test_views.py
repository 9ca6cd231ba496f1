"""A webhook event has the same effect as a bounce by e-mail, and counts once with it."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone
from pytest_django import DjangoAssertNumQueries

from newsletter.bounces.processing import process_message
from newsletter.bounces.verp import delivery_ref, return_path
from newsletter.models import Bounce, Delivery, Issue, MailboxStatus, Suppression
from newsletter.subscriptions import suppression
from tests.newsletter.bounces.deliveries import sent_delivery, state_of
from tests.newsletter.bounces.messages import bounce, complaint
from tests.newsletter.bounces.webhooks.payloads import (
    OLA,
    PAYLOADS,
    ProviderEvent,
    UseProvider,
    event_for,
    post_event,
    post_webhook,
)
from tests.newsletter.factories import issue, subscriber

pytestmark = pytest.mark.django_db
EVERY = pytest.mark.parametrize("name", PAYLOADS)


@EVERY
def test_a_hard_bounce_suppresses_once_however_often_it_is_reported(
    name: str, use_provider: UseProvider
) -> None:
    use_provider(name)
    ola, mina = subscriber(OLA), subscriber("mina@readers.example")
    delivery = sent_delivery(ola)
    hard_bounce = event_for(delivery, "hard", delivery_ref(delivery.pk))
    assert post_event(name, hard_bounce) == 200
    assert [state_of(ola), state_of(mina), state_of(delivery)] == [
        "suppressed",
        "active",
        "bounced",
    ]
    stored = Suppression.objects.get()
    assert (stored.reason, stored.details) == ("hard", "no such address")
    # Providers repeat an event until they get 200, and the bounce may also arrive by e-mail.
    assert post_event(name, hard_bounce) == 200
    assert process_message(bounce(to=return_path(delivery.pk))).results == ("known",)
    row = Bounce.objects.get()
    assert (row.kind, row.matched_by, row.delivery) == ("hard", "message", delivery)
    assert "@" not in row.smtp_response


@EVERY
def test_a_soft_bounce_is_counted_once_and_does_not_suppress(
    name: str, use_provider: UseProvider
) -> None:
    use_provider(name)
    ola = subscriber(OLA)
    delivery = sent_delivery(ola)
    soft_bounce = event_for(delivery, "soft", delivery_ref(delivery.pk))
    assert [post_event(name, soft_bounce), post_event(name, soft_bounce)] == [200, 200]
    by_mail = bounce(to=return_path(delivery.pk), status="5.2.2", said="552 5.2.2 Mailbox full")
    assert process_message(by_mail).results == ("known",)
    assert [state_of(ola), state_of(delivery)] == ["active", "bounced"]
    assert Bounce.objects.get().kind == "soft"


@EVERY
def test_a_complaint_unsubscribes_at_once(name: str, use_provider: UseProvider) -> None:
    use_provider(name)
    ola = subscriber(OLA)
    delivery = sent_delivery(ola)
    event = event_for(delivery, "complaint", delivery_ref(delivery.pk))
    assert [post_event(name, event), post_event(name, event)] == [200, 200]
    assert process_message(complaint(to=return_path(delivery.pk))).results == ("known",)
    assert [state_of(ola), state_of(delivery)] == ["suppressed", "complained"]
    assert not ola.subscriptions.exists()
    assert Suppression.objects.get().reason == "complaint"
    assert Bounce.objects.get().kind == "complaint"


@pytest.mark.parametrize("name", sorted(PAYLOADS.keys() - {"resend"}))
def test_an_unsubscribe_at_the_provider_allows_resubscribing(
    name: str, use_provider: UseProvider
) -> None:
    use_provider(name)
    ola = subscriber(OLA)
    delivery = sent_delivery(ola)
    event = event_for(
        delivery,
        "leaves",
        delivery_ref(delivery.pk),
        at=timezone.now() + timedelta(seconds=5),
    )
    assert post_event(name, event) == 200
    assert [state_of(ola), state_of(delivery)] == ["left", "sent"]
    assert not Bounce.objects.exists()
    assert not suppression.is_suppressed(OLA)
    ola.state, ola.confirmed_at = "active", timezone.now() + timedelta(minutes=1)
    ola.save()
    # Repeated after the resubscription, the event is ignored.
    assert post_event(name, event) == 200
    assert state_of(ola) == "active"


@EVERY
def test_queued_and_delivered_events_change_nothing(name: str, use_provider: UseProvider) -> None:
    use_provider(name)
    ola = subscriber(OLA)
    delivery = sent_delivery(ola)
    for what in ("late", "arrived"):
        assert post_event(name, event_for(delivery, what, delivery_ref(delivery.pk))) == 200
    assert [state_of(ola), state_of(delivery)] == ["active", "sent"]
    assert not Bounce.objects.exists()
    assert MailboxStatus.objects.get().messages == 2


def test_a_bounce_by_mail_is_not_counted_again_by_webhook(
    use_provider: UseProvider, editor_client: Client
) -> None:
    use_provider("postmark")
    draft = issue()
    readers = [subscriber(f"reader{number}@readers.example") for number in range(3)]
    deliveries = [sent_delivery(reader, draft) for reader in readers]
    now = timezone.now()
    Issue.objects.filter(pk=draft.pk).update(
        state="sent", started_at=now, sent_at=now, sent_html="x", sent_text="x"
    )
    process_message(bounce(to=return_path(deliveries[0].pk)))
    post_event("postmark", event_for(deliveries[0], "hard", delivery_ref(deliveries[0].pk)))
    post_event("postmark", event_for(deliveries[1], "complaint", delivery_ref(deliveries[1].pk)))
    process_message(complaint(to=return_path(deliveries[1].pk)))
    page = editor_client.get(reverse("admin:newsletter_issue_change", args=[draft.pk]))
    bounces = page.context["bounces"]
    figures = [bounces[kind] for kind in ("all", "hard", "soft", "complaints")]
    assert figures == [2, 1, 0, 1]
    counts = Delivery.objects.counts_by_issue([draft])[draft.pk]
    assert (sum(counts.values()), counts["bounced"], counts["complained"], counts["sent"]) == (
        3,
        1,
        1,
        1,
    )


def test_a_hard_bounce_replaces_an_earlier_soft_bounce(use_provider: UseProvider) -> None:
    use_provider("mailgun")
    ola = subscriber(OLA)
    delivery = sent_delivery(ola)
    process_message(bounce(to=return_path(delivery.pk), status="5.0.0", said="554 No"))
    assert state_of(ola) == "active"
    post_event("mailgun", event_for(delivery, "hard", delivery_ref(delivery.pk)))
    assert state_of(ola) == "suppressed"
    assert Bounce.objects.get().kind == "hard"
    # A soft bounce after it is ignored.
    post_event("mailgun", event_for(delivery, "soft", delivery_ref(delivery.pk)))
    assert Bounce.objects.count() == 1


def test_an_opt_out_does_not_hide_a_later_complaint(
    use_provider: UseProvider,
) -> None:
    use_provider("mailgun")
    ola = subscriber(OLA)
    delivery = sent_delivery(ola)
    for kind in ("auth-failure", "opt-out"):
        process_message(complaint(to=return_path(delivery.pk), kind=kind))
    assert state_of(ola) == "left"
    post_event("mailgun", event_for(delivery, "complaint", delivery_ref(delivery.pk)))
    assert state_of(ola) == "suppressed"


def test_soft_bounces_on_five_days_suppress_an_address_and_on_four_do_not(
    use_provider: UseProvider,
) -> None:
    use_provider("postmark")
    ola = subscriber(OLA)
    for day in range(5):
        assert state_of(ola) == "active"
        delivery = sent_delivery(ola)
        post_event("postmark", event_for(delivery, "soft", delivery_ref(delivery.pk)))
        days_ago = timezone.now() - timedelta(days=5 - day)
        Bounce.objects.filter(delivery=delivery).update(processed_at=days_ago)
    assert state_of(ola) == "suppressed"
    assert Suppression.objects.get().reason == "soft"


def test_a_bounce_without_a_reference_matches_the_last_mail_before_it(
    use_provider: UseProvider,
) -> None:
    use_provider("postmark")
    ola, now = subscriber(OLA), timezone.now()
    first, second = (sent_delivery(ola, at=now - timedelta(days=days)) for days in (9, 2))
    post_event(
        "postmark", ProviderEvent("soft", to="Ola@readers.example", at=now - timedelta(days=5))
    )
    assert [state_of(first), state_of(second)] == ["bounced", "sent"]
    assert Bounce.objects.get().matched_by == "address"


def test_a_forged_delivery_reference_matches_nothing(use_provider: UseProvider) -> None:
    use_provider("postmark")
    delivery = sent_delivery(subscriber(OLA))
    made_up = f"{delivery.pk}-aaaaaaaaaaaaa"
    assert (
        post_event("postmark", ProviderEvent("hard", to="other@readers.example", ref=made_up))
        == 200
    )
    assert state_of(delivery) == "sent"


def test_events_about_unknown_addresses_are_accepted_and_change_nothing(
    use_provider: UseProvider,
) -> None:
    use_provider("sendgrid")
    delivery = sent_delivery(subscriber(OLA))
    for what in ("hard", "complaint", "leaves"):
        assert post_event("sendgrid", ProviderEvent(what, to="stranger@else.example")) == 200
    assert state_of(delivery) == "sent"
    assert not Suppression.objects.filter(subscriber__isnull=False).exists()
    # Counted as for bounces by e-mail.
    rows = Bounce.objects.filter(subscriber__isnull=True, matched_by="nothing").order_by("kind")
    assert list(rows.values_list("kind", flat=True)) == ["complaint", "hard"]


def test_unsubscribing_at_the_provider_works_without_a_recent_mail(
    use_provider: UseProvider,
) -> None:
    use_provider("sendgrid")
    ola, mina = subscriber(OLA), subscriber("mina@readers.example")
    later = timezone.now() + timedelta(seconds=5)
    post_event("sendgrid", ProviderEvent("leaves", to=OLA, at=later))
    post_event("sendgrid", ProviderEvent("complaint", to=mina.email, at=later))
    assert [state_of(ola), state_of(mina)] == ["left", "suppressed"]


@pytest.mark.parametrize(
    ("reason", "reader", "mail"),
    [
        ("suppress-bounce", "suppressed", "bounced"),
        ("suppress-complaint", "suppressed", "complained"),
        ("suppress-unsubscribe", "left", "bounced"),
    ],
)
def test_a_suppressed_delivery_is_handled_by_its_reason(
    use_provider: UseProvider, reason: str, reader: str, mail: str
) -> None:
    use_provider("mailgun")
    ola = subscriber(OLA)
    delivery = sent_delivery(ola)
    soon = timezone.now() + timedelta(seconds=5)
    event = event_for(
        delivery, "hard", delivery_ref(delivery.pk), said="605 Not delivering", at=soon
    )
    payload = PAYLOADS["mailgun"](event)
    payload["event-data"]["reason"] = reason
    assert post_webhook("mailgun", payload).status_code == 200
    assert [state_of(ola), state_of(delivery)] == [reader, mail]


def test_a_delivery_dropped_by_the_provider_does_not_count_as_bounce(
    use_provider: UseProvider,
) -> None:
    use_provider("sendgrid")
    ola, mina = subscriber(OLA), subscriber("mina@readers.example")
    spam, unsubscribed = sent_delivery(ola), sent_delivery(mina)
    soon = timezone.now() + timedelta(seconds=5)
    for delivery, reason in ((spam, "Spam Content"), (unsubscribed, "Unsubscribed Address")):
        (payload,) = PAYLOADS["sendgrid"](
            event_for(delivery, "late", delivery_ref(delivery.pk), at=soon)
        )
        payload |= {"event": "dropped", "reason": reason}
        post_webhook("sendgrid", [payload])
    assert [state_of(spam), state_of(unsubscribed)] == ["bounced", "bounced"]
    assert [state_of(ola), state_of(mina)] == ["active", "left"]


def test_an_event_during_submission_is_requested_again(
    use_provider: UseProvider,
) -> None:
    use_provider("sendgrid")
    ola, mina = subscriber(OLA), subscriber("mina@readers.example")
    quick, other = sent_delivery(ola), sent_delivery(mina)
    Delivery.objects.filter(pk=quick.pk).update(state="sending", done_at=None)
    both = [
        PAYLOADS["sendgrid"](event_for(each, "hard", delivery_ref(each.pk)))[0]
        for each in (quick, other)
    ]
    assert post_webhook("sendgrid", both).status_code == 503
    assert [state_of(ola), state_of(mina)] == ["active", "suppressed"]
    Delivery.objects.filter(pk=quick.pk).update(state="sent", done_at=timezone.now())
    assert post_webhook("sendgrid", both).status_code == 200
    assert [state_of(ola), state_of(quick)] == ["suppressed", "bounced"]
    assert Bounce.objects.count() == 2


def test_a_bounce_costs_few_queries_and_a_repeated_one_fewer(
    use_provider: UseProvider, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    use_provider("postmark")
    delivery = sent_delivery(subscriber(OLA))
    hard_bounce = event_for(delivery, "hard", delivery_ref(delivery.pk))
    with django_assert_num_queries(26):
        post_event("postmark", hard_bounce)
    with django_assert_num_queries(7):
        post_event("postmark", hard_bounce)


def test_a_delivered_event_costs_no_query_for_subscribers(
    use_provider: UseProvider, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    use_provider("sendgrid")
    arrived = PAYLOADS["sendgrid"](ProviderEvent("arrived")) * 500
    post_webhook("sendgrid", arrived)
    with django_assert_num_queries(2):
        post_webhook("sendgrid", arrived)
    assert MailboxStatus.objects.get().messages == 1000
