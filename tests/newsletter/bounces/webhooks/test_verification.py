"""Only the provider can call; any content is handled, and logs contain no personal data."""

import json
import logging
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from newsletter.bounces import webhooks
from newsletter.bounces.verp import delivery_ref
from newsletter.hooks import check_provider
from newsletter.models import Bounce, MailboxStatus
from tests.newsletter.bounces.deliveries import sent_delivery, state_of
from tests.newsletter.bounces.webhooks.payloads import (
    ADDRESS,
    OLA,
    PASSWORD,
    PAYLOADS,
    SECRETS,
    ProviderEvent,
    UseProvider,
    event_for,
    post_event,
    post_webhook,
    signature_headers,
)
from tests.newsletter.factories import subscriber
from tests.proofs.size import sized

pytestmark = pytest.mark.django_db
EVERY = pytest.mark.parametrize("name", PAYLOADS)


@EVERY
def test_a_call_without_a_valid_signature_is_rejected(
    name: str, use_provider: UseProvider, settings: Any
) -> None:
    use_provider(name)
    ola = subscriber(OLA)
    delivery = sent_delivery(ola)
    body = json.dumps(
        PAYLOADS[name](event_for(delivery, "hard", delivery_ref(delivery.pk)))
    ).encode()
    other = {"Authorization": "Basic ZGVzazpndWVzc2Vk"}
    forged = body.replace(b'"signature": "', b'"signature": "0')
    unsigned = body if name != "mailgun" else b'{"event-data": {"event": "failed"}}'
    responses = [
        post_webhook(name, unsigned, {}),
        post_webhook(name, forged, other),
        # The signature of one call is not valid for another.
        post_webhook(
            name,
            forged,
            {n: v[:-3] + "AA=" for n, v in signature_headers(name, body + b" ").items()},
        ),
    ]
    settings.MAIL_PROVIDER_SECRET = ""
    responses.append(post_webhook(name, body))
    assert [response.status_code for response in responses] == [403] * 4
    assert [state_of(ola), state_of(delivery)] == ["active", "sent"]
    assert not Bounce.objects.exists()
    assert not MailboxStatus.objects.exists()


@EVERY
def test_invalid_json_is_rejected(name: str, use_provider: UseProvider) -> None:
    use_provider(name)
    # Mailgun's signature is in the JSON.
    expected = 403 if name == "mailgun" else 400
    assert post_webhook(name, b'{"event": ').status_code == expected
    assert post_webhook(name, b"[3]").status_code == expected
    assert not MailboxStatus.objects.exists()


def test_a_body_that_is_too_large_is_rejected_unread(use_provider: UseProvider) -> None:
    use_provider("sendgrid")
    size = webhooks.MAX_BYTES + 1
    sizes = {size: 413, "many": 403}
    for length, status in sizes.items():
        response = Client().generic("POST", ADDRESS, b"[]", CONTENT_LENGTH=length)
        assert response.status_code == status


@pytest.mark.parametrize("name", ["mailjet", "mailtrap", "sendgrid", "sparkpost"])
def test_a_broken_event_does_not_affect_the_others(
    name: str, use_provider: UseProvider, caplog: pytest.LogCaptureFixture
) -> None:
    use_provider(name)
    ola, mina = subscriber(OLA), subscriber("mina@readers.example")
    calls = [PAYLOADS[name](event_for(sent_delivery(reader), "hard", "")) for reader in (ola, mina)]
    all_events = [call["events"] if name == "mailtrap" else call for call in calls]
    invalid: list[Any] = [{"email": OLA}, {"msys": {"a": {}, "b": {}}}, 3, None]
    batch = [*all_events[0], *invalid, *all_events[1]]
    response = post_webhook(name, {"events": batch} if name == "mailtrap" else batch)
    assert response.status_code == 200
    assert [state_of(ola), state_of(mina)] == ["suppressed", "suppressed"]
    assert caplog.records
    assert "ola" not in caplog.text


def test_an_event_that_makes_no_sense_does_not_affect_the_others(
    use_provider: UseProvider, caplog: pytest.LogCaptureFixture
) -> None:
    use_provider("mailjet")
    ola = subscriber(OLA)
    (invalid,) = PAYLOADS["mailjet"](ProviderEvent("hard"))
    invalid |= {"smtp_reply": 3, "email": ["ola"], "Payload": "[]", "time": 253402300799}
    (valid,) = PAYLOADS["mailjet"](event_for(sent_delivery(ola), "hard", ""))
    unstorable = valid | {"email": "nul\x00@\ud800.example", "smtp_reply": "550 \x00\ud800"}
    response = post_webhook("mailjet", [invalid, unstorable, valid])
    assert response.status_code == 200
    assert state_of(ola) == "suppressed"
    assert "ola" not in caplog.text


ANY_JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(
            st.sampled_from(
                [
                    "RecordType",
                    "Type",
                    "Email",
                    "Metadata",
                    "Details",
                    "BouncedAt",
                    "MessageID",
                    "iria",
                ]
            ),
            inner,
            max_size=6,
        )
    ),
    max_leaves=10,
)


@examples(
    max_examples=sized(20, 60),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(piece=ANY_JSON, kind=st.sampled_from(["HardBounce", "SpamComplaint", "ManualSuppression"]))
def test_any_event_gets_a_response(use_provider: UseProvider, piece: Any, kind: str) -> None:
    use_provider("postmark")
    payload = piece if isinstance(piece, dict) else {"Email": piece}
    for body in (piece, payload | {"RecordType": "Bounce", "Type": kind}):
        assert post_webhook("postmark", body).status_code in {200, 400}


def test_no_log_contains_an_address_or_the_secret(
    use_provider: UseProvider, caplog: pytest.LogCaptureFixture
) -> None:
    use_provider("postmark")
    with caplog.at_level(logging.DEBUG):
        subscriber(OLA)
        post_event("postmark", ProviderEvent("hard", to=OLA))
        post_webhook("postmark", PAYLOADS["postmark"](ProviderEvent("hard", to=OLA)), {})
        post_webhook("postmark", b'{"Email": "ola@readers.example"')
        post_webhook(
            "postmark", {"Email": OLA, "RecordType": "Bounce", "Metadata": 3, "Details": {}}
        )
    log = " ".join(record.getMessage() for record in caplog.records if "newsletter" in record.name)
    assert "could" in log or "cannot" in log
    assert "ola@" not in log
    assert PASSWORD not in log


def test_the_webhook_is_not_found_without_a_provider(settings: Any) -> None:
    for method in ("get", "head", "post"):
        assert getattr(Client(), method)(ADDRESS).status_code == 404


def test_head_is_answered_and_other_sites_may_post(
    use_provider: UseProvider,
) -> None:
    use_provider("postmark")
    assert Client().head(ADDRESS).status_code == 200
    assert Client().get(ADDRESS).status_code == 405
    body = json.dumps(PAYLOADS["postmark"](ProviderEvent("arrived"))).encode()
    headers = signature_headers("postmark", body) | {"Origin": "https://postmark.example"}
    response = post_webhook("postmark", body, headers)
    assert response.status_code == 200
    assert not response.cookies
    assert "no-store" in response["Cache-Control"]


@EVERY
def test_a_valid_secret_passes_and_a_weak_one_is_reported(
    name: str, use_provider: UseProvider, settings: Any
) -> None:
    use_provider(name)
    settings.SECURE = True
    assert check_provider(None) == []
    settings.MAIL_PROVIDER_SECRET = ""
    (message,) = check_provider(None)
    assert message.id == "newsletter.E001"
    assert "MAIL_PROVIDER_SECRET" in message.msg


@pytest.mark.parametrize(("name", "secret"), [("sendgrid", "no key"), ("resend", "whsec_é")])
def test_a_secret_of_the_wrong_type_is_reported_without_its_value(
    name: str, secret: str, use_provider: UseProvider, settings: Any
) -> None:
    use_provider(name)
    settings.MAIL_PROVIDER_SECRET = secret
    (message,) = check_provider(None)
    assert message.id == "newsletter.E002"
    assert secret not in f"{message.msg} {message.hint}"
    assert post_event(name, ProviderEvent("hard")) == 403


def test_a_site_without_https_gets_a_warning(use_provider: UseProvider, settings: Any) -> None:
    use_provider("postmark")
    settings.DEBUG = settings.SECURE = False
    (message,) = check_provider(None)
    assert message.id == "newsletter.W001"
    assert SECRETS["postmark"] not in message.msg
