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

from newsletter.bounces import webhooks
from newsletter.bounces.providers import Signature
from newsletter.bounces.verp import delivery_ref
from newsletter.models import Bounce, WebhookReceipt
from tests.newsletter.bounces.deliveries import sent_delivery, state_of
from tests.newsletter.bounces.webhooks.payloads import (
    OLA,
    PAYLOADS,
    SIGNING_KEY,
    UseProvider,
    event_for,
    post_event,
    post_webhook,
    signature_headers,
)
from tests.newsletter.factories import subscriber

MINA = "mina@readers.example"


def signed(age: timedelta) -> dict[str, str]:
    token = "t" * 50
    timestamp = str(int((timezone.now() - age).timestamp()))
    digest = hmac.new(
        SIGNING_KEY.encode(), f"{timestamp}{token}".encode(), hashlib.sha256
    ).hexdigest()
    return {"timestamp": timestamp, "token": token, "signature": digest}


def mailgun_call(email: str, signature: dict[str, str]) -> Any:
    delivery = sent_delivery(subscriber(email))
    payload = PAYLOADS["mailgun"](event_for(delivery, "hard", delivery_ref(delivery.pk)))
    return payload | {"signature": signature}


@pytest.mark.django_db
def test_a_signature_is_not_accepted_for_another_body(use_provider: UseProvider) -> None:
    use_provider("mailgun")
    signature = signed(timedelta(0))
    first, other = mailgun_call(OLA, signature), mailgun_call(MINA, signature)
    assert post_webhook("mailgun", first).status_code == 200
    assert post_webhook("mailgun", other).status_code == 403
    timestamp, token = signature["timestamp"], signature["token"]
    # Only the concatenation is signed, so it can be divided elsewhere.
    shifted = signature | {"timestamp": timestamp + token[:1], "token": token[1:]}
    assert post_webhook("mailgun", other | {"signature": shifted}).status_code == 403
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
    age: timedelta, status: int, use_provider: UseProvider
) -> None:
    use_provider("mailgun")
    assert post_webhook("mailgun", mailgun_call(OLA, signed(age))).status_code == status
    assert Bounce.objects.count() == (status == 200)


@pytest.mark.django_db
def test_the_same_call_again_is_accepted_and_changes_nothing(use_provider: UseProvider) -> None:
    use_provider("mailgun")
    body = mailgun_call(OLA, signed(timedelta(0)))
    assert [post_webhook("mailgun", body).status_code for _ in range(3)] == [200] * 3
    assert Bounce.objects.count() == 1


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_of_two_bodies_with_one_signature_only_one_is_accepted() -> None:
    now, rejected = str(int(timezone.now().timestamp())), []

    def attempt(body: bytes) -> None:
        try:
            rejected.append(webhooks.is_replay("Mailgun", Signature(now, "t"), body))
        finally:
            connection.close()

    threads = [threading.Thread(target=attempt, args=(b"%d" % n,)) for n in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(rejected) == [False] + [True] * 5


@pytest.mark.django_db
def test_receipts_are_deleted_when_their_signatures_have_expired() -> None:
    signed_at = timezone.now() - webhooks.MAX_SIGNATURE_AGE + timedelta(minutes=1)
    signature = Signature(str(int(signed_at.timestamp())), "t")
    assert not webhooks.is_replay("Mailgun", signature, b"one")
    assert webhooks.delete_expired_receipts() == 0
    WebhookReceipt.objects.update(expires_at=timezone.now() - timedelta(seconds=1))
    assert webhooks.delete_expired_receipts() == 1


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["mailtrap", "resend", "sendgrid"])
def test_the_other_signatures_cover_the_body(name: str, use_provider: UseProvider) -> None:
    use_provider(name)
    first, other = (
        json.dumps(PAYLOADS[name](event_for(sent_delivery(subscriber(email)), "hard", ""))).encode()
        for email in (OLA, MINA)
    )
    headers = signature_headers(name, first)
    assert post_webhook(name, first, headers).status_code == 200
    assert post_webhook(name, other, headers).status_code == 403


@pytest.mark.django_db
def test_an_unsubscribe_event_without_a_time_counts_once(use_provider: UseProvider) -> None:
    use_provider("mailjet")
    ola = subscriber(OLA)
    (payload,) = PAYLOADS["mailjet"](event_for(sent_delivery(ola), "leaves", ""))
    del payload["time"]
    assert post_webhook("mailjet", [payload]).status_code == 200
    assert state_of(ola) == "left"
    ola.state, ola.confirmed_at = "active", timezone.now()
    ola.save()
    assert post_webhook("mailjet", [payload]).status_code == 200
    assert state_of(ola) == "active"


@pytest.mark.django_db
def test_a_repeated_bounce_does_not_suppress_again(use_provider: UseProvider) -> None:
    use_provider("postmark")
    ola = subscriber(OLA)
    event = event_for(sent_delivery(ola), "hard", "")
    assert post_event("postmark", event) == 200
    ola.suppressions.update(
        removed_at=timezone.now(), removal_reason="The mailbox is back", removed_by=None
    )
    ola.state = "active"
    ola.save()
    assert post_event("postmark", event) == 200
    assert state_of(ola) == "active"
