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
from tests.newsletter.bounces.messages import bounce, complaint
from tests.newsletter.bounces.sent import sent, state_of
from tests.newsletter.bounces.webhooks.calls import OLA, WRITTEN, Through, Told, about, call, tell
from tests.newsletter.factories import issue, subscriber

pytestmark = pytest.mark.django_db
EVERY = pytest.mark.parametrize("name", WRITTEN)


@EVERY
def test_a_hard_bounce_suppresses_once_however_often_it_is_reported(
    name: str, through: Through
) -> None:
    through(name)
    ola, mina = subscriber(OLA), subscriber("mina@readers.example")
    delivery = sent(ola)
    dead = about(delivery, "hard", delivery_ref(delivery.pk))
    assert tell(name, dead) == 200
    assert [state_of(ola), state_of(mina), state_of(delivery)] == [
        "suppressed",
        "active",
        "bounced",
    ]
    kept = Suppression.objects.get()
    assert (kept.reason, kept.details) == ("hard", "no such address")
    # Providers repeat an event until they get 200, and the bounce may also arrive by e-mail.
    assert tell(name, dead) == 200
    assert process_message(bounce(to=return_path(delivery.pk))).done == ("known",)
    row = Bounce.objects.get()
    assert (row.kind, row.matched_by, row.delivery) == ("hard", "message", delivery)
    assert "@" not in row.smtp_response


@EVERY
def test_a_soft_bounce_is_counted_once_and_does_not_suppress(name: str, through: Through) -> None:
    through(name)
    ola = subscriber(OLA)
    delivery = sent(ola)
    full = about(delivery, "soft", delivery_ref(delivery.pk))
    assert [tell(name, full), tell(name, full)] == [200, 200]
    again = bounce(to=return_path(delivery.pk), status="5.2.2", said="552 5.2.2 Mailbox full")
    assert process_message(again).done == ("known",)
    assert [state_of(ola), state_of(delivery)] == ["active", "bounced"]
    assert Bounce.objects.get().kind == "soft"


@EVERY
def test_a_complaint_unsubscribes_at_once(name: str, through: Through) -> None:
    through(name)
    ola = subscriber(OLA)
    delivery = sent(ola)
    told = about(delivery, "complaint", delivery_ref(delivery.pk))
    assert [tell(name, told), tell(name, told)] == [200, 200]
    assert process_message(complaint(to=return_path(delivery.pk))).done == ("known",)
    assert [state_of(ola), state_of(delivery)] == ["suppressed", "complained"]
    assert not ola.subscriptions.exists()
    assert Suppression.objects.get().reason == "complaint"
    assert Bounce.objects.get().kind == "complaint"


@pytest.mark.parametrize("name", sorted(WRITTEN.keys() - {"resend"}))
def test_an_unsubscribe_at_the_provider_allows_resubscribing(name: str, through: Through) -> None:
    through(name)
    ola = subscriber(OLA)
    delivery = sent(ola)
    told = about(
        delivery,
        "leaves",
        delivery_ref(delivery.pk),
        at=timezone.now() + timedelta(seconds=5),
    )
    assert tell(name, told) == 200
    assert [state_of(ola), state_of(delivery)] == ["left", "sent"]
    assert not Bounce.objects.exists()
    assert not suppression.is_suppressed(OLA)
    ola.state, ola.confirmed_at = "active", timezone.now() + timedelta(minutes=1)
    ola.save()
    # Repeated after the resubscription, the event is ignored.
    assert tell(name, told) == 200
    assert state_of(ola) == "active"


@EVERY
def test_queued_and_delivered_events_change_nothing(name: str, through: Through) -> None:
    through(name)
    ola = subscriber(OLA)
    delivery = sent(ola)
    for what in ("late", "arrived"):
        assert tell(name, about(delivery, what, delivery_ref(delivery.pk))) == 200
    assert [state_of(ola), state_of(delivery)] == ["active", "sent"]
    assert not Bounce.objects.exists()
    assert MailboxStatus.objects.get().messages == 2


def test_a_bounce_by_mail_is_not_counted_again_by_webhook(through: Through, ednas: Client) -> None:
    through("postmark")
    made = issue()
    readers = [subscriber(f"reader{number}@readers.example") for number in range(3)]
    deliveries = [sent(reader, made) for reader in readers]
    now = timezone.now()
    Issue.objects.filter(pk=made.pk).update(
        state="sent", started_at=now, sent_at=now, sent_html="x", sent_text="x"
    )
    process_message(bounce(to=return_path(deliveries[0].pk)))
    tell("postmark", about(deliveries[0], "hard", delivery_ref(deliveries[0].pk)))
    tell("postmark", about(deliveries[1], "complaint", delivery_ref(deliveries[1].pk)))
    process_message(complaint(to=return_path(deliveries[1].pk)))
    page = ednas.get(reverse("admin:newsletter_issue_change", args=[made.pk])).content.decode()
    page = " ".join(page.split())
    assert "Bounces: 2 (1 hard, 0 soft, 1 complaint)" in page
    counts = Delivery.objects.counts_by_issue([made])[made.pk]
    assert (sum(counts.values()), counts["bounced"], counts["complained"], counts["sent"]) == (
        3,
        1,
        1,
        1,
    )


def test_a_hard_bounce_replaces_an_earlier_soft_bounce(through: Through) -> None:
    through("mailgun")
    ola = subscriber(OLA)
    delivery = sent(ola)
    process_message(bounce(to=return_path(delivery.pk), status="5.0.0", said="554 No"))
    assert state_of(ola) == "active"
    tell("mailgun", about(delivery, "hard", delivery_ref(delivery.pk)))
    assert state_of(ola) == "suppressed"
    assert Bounce.objects.get().kind == "hard"
    # A soft bounce after it is ignored.
    tell("mailgun", about(delivery, "soft", delivery_ref(delivery.pk)))
    assert Bounce.objects.count() == 1


def test_an_opt_out_does_not_hide_a_later_complaint(
    through: Through,
) -> None:
    through("mailgun")
    ola = subscriber(OLA)
    delivery = sent(ola)
    for kind in ("auth-failure", "opt-out"):
        process_message(complaint(to=return_path(delivery.pk), kind=kind))
    assert state_of(ola) == "left"
    tell("mailgun", about(delivery, "complaint", delivery_ref(delivery.pk)))
    assert state_of(ola) == "suppressed"


def test_soft_bounces_on_five_days_suppress_an_address_and_on_four_do_not(
    through: Through,
) -> None:
    through("postmark")
    ola = subscriber(OLA)
    for day in range(5):
        assert state_of(ola) == "active"
        delivery = sent(ola)
        tell("postmark", about(delivery, "soft", delivery_ref(delivery.pk)))
        days_ago = timezone.now() - timedelta(days=5 - day)
        Bounce.objects.filter(delivery=delivery).update(processed_at=days_ago)
    assert state_of(ola) == "suppressed"
    assert Suppression.objects.get().reason == "soft"


def test_a_bounce_without_a_reference_matches_the_last_mail_before_it(through: Through) -> None:
    through("postmark")
    ola, now = subscriber(OLA), timezone.now()
    first, second = (sent(ola, at=now - timedelta(days=days)) for days in (9, 2))
    tell("postmark", Told("soft", to="Ola@readers.example", at=now - timedelta(days=5)))
    assert [state_of(first), state_of(second)] == ["bounced", "sent"]
    assert Bounce.objects.get().matched_by == "address"


def test_a_forged_delivery_reference_matches_nothing(through: Through) -> None:
    through("postmark")
    delivery = sent(subscriber(OLA))
    made_up = f"{delivery.pk}-aaaaaaaaaaaaa"
    assert tell("postmark", Told("hard", to="other@readers.example", mark=made_up)) == 200
    assert state_of(delivery) == "sent"


def test_events_about_unknown_addresses_are_accepted_and_change_nothing(
    through: Through,
) -> None:
    through("sendgrid")
    delivery = sent(subscriber(OLA))
    for what in ("hard", "complaint", "leaves"):
        assert tell("sendgrid", Told(what, to="stranger@else.example")) == 200
    assert state_of(delivery) == "sent"
    assert not Suppression.objects.filter(subscriber__isnull=False).exists()
    # Counted as for bounces by e-mail.
    rows = Bounce.objects.filter(subscriber__isnull=True, matched_by="nothing").order_by("kind")
    assert list(rows.values_list("kind", flat=True)) == ["complaint", "hard"]


def test_unsubscribing_at_the_provider_works_without_a_recent_mail(through: Through) -> None:
    through("sendgrid")
    ola, mina = subscriber(OLA), subscriber("mina@readers.example")
    later = timezone.now() + timedelta(seconds=5)
    tell("sendgrid", Told("leaves", to=OLA, at=later))
    tell("sendgrid", Told("complaint", to=mina.email, at=later))
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
    through: Through, reason: str, reader: str, mail: str
) -> None:
    through("mailgun")
    ola = subscriber(OLA)
    delivery = sent(ola)
    soon = timezone.now() + timedelta(seconds=5)
    told = about(delivery, "hard", delivery_ref(delivery.pk), said="605 Not delivering", at=soon)
    call_of = WRITTEN["mailgun"](told)
    call_of["event-data"]["reason"] = reason
    assert call("mailgun", call_of).status_code == 200
    assert [state_of(ola), state_of(delivery)] == [reader, mail]


def test_a_delivery_dropped_by_the_provider_does_not_count_as_bounce(through: Through) -> None:
    through("sendgrid")
    ola, mina = subscriber(OLA), subscriber("mina@readers.example")
    spam, unsubscribed = sent(ola), sent(mina)
    soon = timezone.now() + timedelta(seconds=5)
    for delivery, reason in ((spam, "Spam Content"), (unsubscribed, "Unsubscribed Address")):
        (news,) = WRITTEN["sendgrid"](about(delivery, "late", delivery_ref(delivery.pk), at=soon))
        news |= {"event": "dropped", "reason": reason}
        call("sendgrid", [news])
    assert [state_of(spam), state_of(unsubscribed)] == ["bounced", "bounced"]
    assert [state_of(ola), state_of(mina)] == ["active", "left"]


def test_an_event_during_submission_is_requested_again(
    through: Through,
) -> None:
    through("sendgrid")
    ola, mina = subscriber(OLA), subscriber("mina@readers.example")
    quick, other = sent(ola), sent(mina)
    Delivery.objects.filter(pk=quick.pk).update(state="sending", done_at=None)
    both = [
        WRITTEN["sendgrid"](about(each, "hard", delivery_ref(each.pk)))[0]
        for each in (quick, other)
    ]
    assert call("sendgrid", both).status_code == 503
    assert [state_of(ola), state_of(mina)] == ["active", "suppressed"]
    Delivery.objects.filter(pk=quick.pk).update(state="sent", done_at=timezone.now())
    assert call("sendgrid", both).status_code == 200
    assert [state_of(ola), state_of(quick)] == ["suppressed", "bounced"]
    assert Bounce.objects.count() == 2


def test_a_bounce_costs_few_queries_and_a_repeated_one_fewer(
    through: Through, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    through("postmark")
    delivery = sent(subscriber(OLA))
    dead = about(delivery, "hard", delivery_ref(delivery.pk))
    with django_assert_num_queries(26):
        tell("postmark", dead)
    with django_assert_num_queries(7):
        tell("postmark", dead)


def test_a_delivered_event_costs_no_query_for_subscribers(
    through: Through, django_assert_num_queries: DjangoAssertNumQueries
) -> None:
    through("sendgrid")
    arrived = WRITTEN["sendgrid"](Told("arrived")) * 500
    call("sendgrid", arrived)
    with django_assert_num_queries(2):
        call("sendgrid", arrived)
    assert MailboxStatus.objects.get().messages == 1000
