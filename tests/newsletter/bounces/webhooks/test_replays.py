"""A signature is valid once and for a limited time."""

import hashlib
import hmac
import json
import threading
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.utils import timezone

from newsletter.bounces.verp import delivery_ref
from newsletter.bounces.webhooks import verification
from newsletter.bounces.webhooks.providers import Signature
from newsletter.models import Bounce, WebhookReceipt
from tests.newsletter.bounces.sent import sent, state_of
from tests.newsletter.bounces.webhooks.calls import (
    OLA,
    SIGNING_KEY,
    WRITTEN,
    Through,
    about,
    call,
    proof,
    tell,
)
from tests.newsletter.factories import subscriber

MINA = "mina@readers.example"


def signed(age: timedelta, token: str = "t" * 50) -> dict[str, str]:
    stamp = str(int((timezone.now() - age).timestamp()))
    seal = hmac.new(SIGNING_KEY.encode(), f"{stamp}{token}".encode(), hashlib.sha256).hexdigest()
    return {"timestamp": stamp, "token": token, "signature": seal}


def mailgun_call(email: str, signature: dict[str, str]) -> Any:
    delivery = sent(subscriber(email))
    news = WRITTEN["mailgun"](about(delivery, "hard", delivery_ref(delivery.pk)))
    return news | {"signature": signature}


@pytest.mark.django_db
def test_a_signature_is_not_accepted_for_another_body(through: Through) -> None:
    through("mailgun")
    signature = signed(timedelta(0))
    first, other = mailgun_call(OLA, signature), mailgun_call(MINA, signature)
    assert call("mailgun", first).status_code == 200
    assert call("mailgun", other).status_code == 403
    stamp, token = signature["timestamp"], signature["token"]
    # Only the concatenation is signed, so it can be divided elsewhere.
    moved = signature | {"timestamp": stamp + token[:1], "token": token[1:]}
    assert call("mailgun", other | {"signature": moved}).status_code == 403
    assert list(Bounce.objects.values_list("subscriber__email", flat=True)) == [OLA]


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("age", "status"),
    [
        (timedelta(minutes=-3), 200),
        (timedelta(hours=8), 200),
        (timedelta(hours=13), 403),
        (timedelta(days=900), 403),
        (timedelta(hours=-1), 403),
    ],
)
def test_a_signature_is_valid_as_long_as_the_provider_retries(
    age: timedelta, status: int, through: Through
) -> None:
    through("mailgun")
    assert call("mailgun", mailgun_call(OLA, signed(age))).status_code == status
    assert Bounce.objects.count() == (status == 200)


@pytest.mark.django_db
def test_the_same_call_again_is_accepted_and_changes_nothing(through: Through) -> None:
    through("mailgun")
    body = mailgun_call(OLA, signed(timedelta(0)))
    assert [call("mailgun", body).status_code for _ in range(3)] == [200] * 3
    assert Bounce.objects.count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_bodies_with_one_signature_only_one_is_accepted() -> None:
    now, refused = str(int(timezone.now().timestamp())), []

    def attempt(body: bytes) -> None:
        try:
            refused.append(verification.is_replay("Mailgun", Signature(now, "t"), body))
        finally:
            connection.close()

    together = [threading.Thread(target=attempt, args=(b"%d" % n,)) for n in range(6)]
    for each in together:
        each.start()
    for each in together:
        each.join()
    assert sorted(refused) == [False] + [True] * 5


@pytest.mark.django_db
def test_receipts_are_deleted_when_their_signatures_have_expired() -> None:
    signed_at = timezone.now() - verification.WINDOW + timedelta(minutes=1)
    proof = Signature(str(int(signed_at.timestamp())), "t")
    assert not verification.is_replay("Mailgun", proof, b"one")
    assert verification.delete_expired_receipts() == 0
    WebhookReceipt.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert verification.delete_expired_receipts() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["mailtrap", "resend", "sendgrid"])
def test_the_other_signatures_cover_the_body(name: str, through: Through) -> None:
    through(name)
    first, other = (
        json.dumps(WRITTEN[name](about(sent(subscriber(email)), "hard", ""))).encode()
        for email in (OLA, MINA)
    )
    headers = proof(name, first)
    assert call(name, first, headers).status_code == 200
    assert call(name, other, headers).status_code == 403


@pytest.mark.django_db
def test_an_unsubscribe_event_without_a_time_counts_once(through: Through) -> None:
    through("mailjet")
    ola = subscriber(OLA)
    (news,) = WRITTEN["mailjet"](about(sent(ola), "leaves", ""))
    del news["time"]
    assert call("mailjet", [news]).status_code == 200
    assert state_of(ola) == "left"
    ola.state, ola.confirmed_at = "active", timezone.now()
    ola.save()
    assert call("mailjet", [news]).status_code == 200
    assert state_of(ola) == "active"


@pytest.mark.django_db
def test_a_repeated_bounce_does_not_suppress_again(through: Through) -> None:
    through("postmark")
    ola = subscriber(OLA)
    dead = about(sent(ola), "hard", "")
    assert tell("postmark", dead) == 200
    ola.suppressions.update(
        removed_at=timezone.now(), removal_reason="The mailbox is back", removed_by=None
    )
    ola.state = "active"
    ola.save()
    assert tell("postmark", dead) == 200
    assert state_of(ola) == "active"
