"""Bounces and complaints have their effect at once, once, and on nobody else."""

from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from accounts.models import User
from newsletter.bounces import processing, verp
from newsletter.bounces.parser.mime import MAX_BYTES
from newsletter.bounces.processing import process_message
from newsletter.delivery import progress
from newsletter.models import Bounce, Delivery, Issue, Suppression
from newsletter.subscriptions import opt_in, suppression
from tests.newsletter.bounces.deliveries import sent_delivery, state_of
from tests.newsletter.bounces.messages import (
    automatic_reply,
    bounce,
    complaint,
    unsubscribe_request,
)
from tests.newsletter.factories import issue, subscriber

pytestmark = pytest.mark.django_db
OLA = "ola@readers.example"
DOMAINS = ("readers.example", "readers.example", "elsewhere.example")


@pytest.fixture(autouse=True)
def _bounce_domain(settings: Any) -> None:
    settings.BOUNCE_DOMAIN = "bounces.example"


def test_a_hard_bounce_to_the_return_path_suppresses_the_address() -> None:
    ola, mina = subscriber(OLA), subscriber("mina@readers.example")
    delivery = sent_delivery(ola)
    # Forwarded to an address that never subscribed.
    raw = bounce(to=verp.return_path(delivery.pk), of="old.account@forwarded.example")
    assert process_message(raw).results == ("suppressed",)
    assert state_of(ola) == "suppressed"
    assert state_of(mina) == "active"
    stored = Suppression.objects.get()
    assert (stored.reason, stored.details) == ("hard", "no such address")
    assert stored.bounce is not None
    assert stored.bounce.matched_by == Bounce.MatchedBy.RETURN_PATH
    delivery.refresh_from_db()
    assert delivery.state == "bounced"
    assert "No such user" in delivery.details


def test_a_bounce_is_deleted_after_two_years_and_its_address_stays_suppressed() -> None:
    ola = subscriber(OLA)
    process_message(bounce(to=verp.return_path(sent_delivery(ola).pk)))
    now = timezone.now()
    Bounce.objects.update(processed_at=now - timedelta(days=729))
    progress.delete_old(now)
    assert Bounce.objects.exists()
    progress.delete_old(now + timedelta(days=2))
    assert not Bounce.objects.exists()
    assert state_of(ola) == "suppressed"
    assert Suppression.objects.get().details == "no such address"


def test_a_forged_return_path_suppresses_nobody() -> None:
    ola = subscriber(OLA)
    delivery = sent_delivery(ola)
    Delivery.objects.update(sending_at=timezone.now() - timedelta(days=365))
    process_message(bounce(to=f"bounce+{delivery.pk}-aaaaaaaaaaaaa@bounces.example"))
    elsewhere = verp.return_path(delivery.pk).replace("bounces.example", "other.example")
    process_message(bounce(to=elsewhere, message_id="<else@other.example>"))
    assert state_of(ola) == "active"


def test_a_return_path_matches_in_any_case(settings: Any) -> None:
    delivery = sent_delivery(subscriber(OLA))
    address = verp.return_path(delivery.pk)
    assert verp.delivery_of(address.upper()) == delivery.pk
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "a new key"
    assert verp.delivery_of(address) == delivery.pk


def test_a_bounce_is_matched_by_the_returned_mail_or_the_address() -> None:
    ola, mina = subscriber(OLA), subscriber("mina@readers.example")
    delivery = sent_delivery(ola)
    sent_delivery(mina, delivery.issue)
    process_message(bounce(message_id=delivery.message_id, of="other@forwarded.example"))
    process_message(bounce(of="Mina@readers.example"))
    assert [state_of(ola), state_of(mina)] == ["suppressed", "suppressed"]
    matched = set(Bounce.objects.values_list("matched_by", flat=True))
    assert matched == {"message", "address"}


def test_a_bounce_of_an_address_without_recent_mail_suppresses_nobody() -> None:
    ola = subscriber(OLA)
    assert process_message(bounce()).results == ("nobody",)
    assert process_message(bounce(of="stranger@else.example")).results == ("nobody",)
    assert state_of(ola) == "active"
    assert set(Bounce.objects.values_list("matched_by", flat=True)) == {"nothing"}


def test_the_same_message_read_twice_counts_once() -> None:
    raw = bounce(to=verp.return_path(sent_delivery(subscriber(OLA)).pk))
    process_message(raw)
    assert process_message(raw).results == ("known",)
    assert Bounce.objects.count() == 1


def test_soft_bounces_on_five_days_suppress_an_address_and_on_four_do_not() -> None:
    ola = subscriber(OLA)
    for day in range(5):
        assert state_of(ola) == "active"
        delivery = sent_delivery(ola)
        raw = bounce(
            to=verp.return_path(delivery.pk), status="5.2.2", said="552 5.2.2 Mailbox full"
        )
        done = process_message(raw).results
        # Two on one day count as one.
        process_message(raw + b"\n")
        Bounce.objects.filter(delivery=delivery).update(
            processed_at=timezone.now() - timedelta(days=5 - day)
        )
    assert done == ("suppressed",)
    assert Suppression.objects.get().reason == "soft"


def test_blocks_and_rate_limits_suppress_nobody() -> None:
    ola = subscriber(OLA)
    for _ in range(6):
        delivery = sent_delivery(ola)
        said = "550 5.7.1 Client host [192.0.2.1] blocked using a list"
        process_message(bounce(to=verp.return_path(delivery.pk), status="5.7.1", said=said))
        Bounce.objects.filter(delivery=delivery).update(
            processed_at=timezone.now() - timedelta(days=delivery.pk % 7)
        )
    assert state_of(ola) == "active"


def test_delays_and_automatic_replies_change_nothing() -> None:
    ola = subscriber(OLA)
    delivery = sent_delivery(ola)
    return_path = verp.return_path(delivery.pk)
    process_message(bounce(to=return_path, action="delayed", status="4.4.1", said="451 Try again"))
    process_message(automatic_reply(to=return_path))
    delivery.refresh_from_db()
    assert (state_of(ola), delivery.state) == ("active", "sent")
    assert not Bounce.objects.exists()


def test_a_complaint_unsubscribes_and_suppresses() -> None:
    ola = subscriber(OLA)
    delivery = sent_delivery(ola)
    assert process_message(complaint(to=verp.return_path(delivery.pk))).results == ("unsubscribed",)
    assert state_of(ola) == "suppressed"
    assert not ola.subscriptions.exists()
    assert suppression.is_suppressed(OLA)
    delivery.refresh_from_db()
    assert delivery.state == "complained"


def test_an_opt_out_report_unsubscribes_and_allows_resubscribing() -> None:
    ola = subscriber(OLA)
    sent_delivery(ola)
    process_message(complaint(kind="opt-out"))
    assert state_of(ola) == "left"


def test_an_authentication_failure_report_is_no_complaint() -> None:
    ola = subscriber(OLA)
    sent_delivery(ola)
    assert process_message(complaint(kind="auth-failure")).results == ("noted",)
    assert state_of(ola) == "active"


@pytest.mark.parametrize("by_subject", [True, False])
def test_a_mail_to_the_unsubscribe_address_unsubscribes(by_subject: bool) -> None:
    ola, mina = subscriber(OLA), subscriber("mina@readers.example")
    to = "bounces@bounces.example" if by_subject else verp.unsubscribe_email(ola.token)
    subject = f"leave {ola.token}" if by_subject else "unsubscribe"
    assert process_message(unsubscribe_request(to=to, subject=subject)).results == ("left",)
    assert process_message(unsubscribe_request(to=to, subject=subject)).results == ("left",)
    assert [state_of(ola), state_of(mina)] == ["left", "active"]
    assert (
        process_message(unsubscribe_request(to="leave+" + "x" * 32 + "@bounces.example")).results
        == ()
    )


def test_a_bounce_of_an_erased_subscriber_is_counted_without_a_name() -> None:
    ola = subscriber(OLA)
    delivery = sent_delivery(ola)
    opt_in.erase(ola)
    assert process_message(bounce(to=verp.return_path(delivery.pk))).results == ("nobody",)
    stored = Bounce.objects.get()
    assert stored.delivery == delivery
    assert "ola" not in stored.smtp_response


def test_a_return_path_signed_by_another_site_is_rejected(settings: Any) -> None:
    ola = subscriber(OLA)
    delivery = sent_delivery(ola)
    own_key = settings.SECRET_KEY
    settings.SECRET_KEY = "the key of another publication"
    foreign_address = verp.return_path(delivery.pk)
    settings.SECRET_KEY = own_key
    assert verp.delivery_of(foreign_address) is None
    assert process_message(bounce(to=foreign_address, of="nobody@elsewhere.example")).results == (
        "nobody",
    )
    assert state_of(ola) == "active"


def test_a_huge_message_is_read_only_in_part() -> None:
    ola = subscriber(OLA)
    delivery = sent_delivery(ola)
    raw = bounce(to=verp.return_path(delivery.pk)) + b"A" * 5 * MAX_BYTES
    assert process_message(raw).results == ("suppressed",)


@pytest.mark.parametrize(
    ("response", "state"),
    [
        ("550 5.1.1 <ola@readers.example>: User unknown", "suppressed"),
        ("550 No such user here", "suppressed"),
        ("550 5.7.1 Your server is on our block list", "active"),
        ("552 5.2.2 Mailbox full", "active"),
        ("554 No", "active"),
    ],
)
def test_an_address_rejected_as_unknown_at_rcpt_is_suppressed(response: str, state: str) -> None:
    ola = subscriber(OLA)
    delivery = sent_delivery(ola)
    Delivery.objects.update(state=Delivery.State.REJECTED, details=response)
    assert processing.suppress_rejected() == (state == "suppressed")
    assert state_of(ola) == state
    assert processing.suppress_rejected() == 0
    delivery.refresh_from_db()
    assert delivery.state == "refused"
    assert all("ola@" not in bounce.smtp_response for bounce in Bounce.objects.all())


def test_the_issue_page_lists_bounces_by_reason_and_domain(
    editor_client: Client, edna: User
) -> None:
    draft = issue()
    readers = [subscriber(f"reader{number}@{domain}") for number, domain in enumerate(DOMAINS)]
    deliveries = [sent_delivery(reader, draft) for reader in readers]
    Issue.objects.filter(pk=draft.pk).update(
        state="sent",
        started_at=timezone.now(),
        sent_at=timezone.now(),
        sent_html="x",
        sent_text="x",
    )
    for delivery in deliveries[:2]:
        process_message(bounce(to=verp.return_path(delivery.pk)))
    process_message(complaint(to=verp.return_path(deliveries[2].pk)))
    response = editor_client.get(reverse("admin:newsletter_issue_change", args=[draft.pk]))
    figures = [response.context["bounces"][kind] for kind in ("all", "hard", "soft", "complaints")]
    assert figures == [3, 2, 0, 1]
    page = " ".join(response.content.decode().split())
    assert "<td>no such address</td><td>readers.example</td><td>2</td>" in page
    assert "<td>Complaint</td><td>elsewhere.example</td><td>1</td>" in page
    url = reverse("admin:newsletter_bounce_changelist")
    content = editor_client.get(url, {"issue": draft.pk}).content.decode()
    assert "reader0@readers.example" in content
