"""Only the provider can call; any content is handled, and logs contain no personal data."""

import json
import logging
from datetime import datetime, timedelta, timezone
from typing import Any

import pytest
from django.test import Client
from hypothesis import HealthCheck, given
from hypothesis import settings as examples
from hypothesis import strategies as st

from newsletter.bounces.matching import CLOCKS
from newsletter.bounces.verp import delivery_ref
from newsletter.bounces.webhooks import events, verification
from newsletter.checks import check_provider
from newsletter.models import Bounce, MailboxStatus
from tests.newsletter.bounces.sent import sent, state_of
from tests.newsletter.bounces.webhooks.calls import (
    ADDRESS,
    OLA,
    PASSWORD,
    SECRETS,
    WRITTEN,
    Through,
    Told,
    about,
    call,
    proof,
    tell,
)
from tests.newsletter.factories import subscriber

pytestmark = pytest.mark.django_db
EVERY = pytest.mark.parametrize("name", WRITTEN)


@EVERY
def test_a_call_without_a_valid_signature_is_rejected(
    name: str, through: Through, settings: Any
) -> None:
    through(name)
    ola = subscriber(OLA)
    delivery = sent(ola)
    body = json.dumps(WRITTEN[name](about(delivery, "hard", delivery_ref(delivery.pk)))).encode()
    other = {"Authorization": "Basic ZGVzazpndWVzc2Vk"}
    forged = body.replace(b'"signature": "', b'"signature": "0')
    unproved = body if name != "mailgun" else b'{"event-data": {"event": "failed"}}'
    answers = [
        call(name, unproved, {}),
        call(name, forged, other),
        # The signature of one call is not valid for another.
        call(name, forged, {n: v[:-3] + "AA=" for n, v in proof(name, body + b" ").items()}),
    ]
    settings.MAIL_PROVIDER_SECRET = ""
    answers.append(call(name, body))
    assert [answer.status_code for answer in answers] == [403] * 4
    assert [state_of(ola), state_of(delivery)] == ["active", "sent"]
    assert not Bounce.objects.exists()
    assert not MailboxStatus.objects.exists()


@EVERY
def test_invalid_json_is_rejected(name: str, through: Through) -> None:
    through(name)
    # Mailgun's signature is in the JSON.
    expected = 403 if name == "mailgun" else 400
    assert call(name, b'{"event": ').status_code == expected
    assert call(name, b"[3]").status_code == expected
    assert not MailboxStatus.objects.exists()


def test_a_body_that_is_too_large_is_rejected_unread(through: Through) -> None:
    through("sendgrid")
    size = verification.MOST_BYTES + 1
    sizes = {size: 413, "many": 403}
    for said, status in sizes.items():
        answer = Client().generic("POST", ADDRESS, b"[]", CONTENT_LENGTH=said)
        assert answer.status_code == status


@pytest.mark.parametrize("name", ["mailjet", "mailtrap", "sendgrid", "sparkpost"])
def test_a_broken_event_does_not_affect_the_others(
    name: str, through: Through, caplog: pytest.LogCaptureFixture
) -> None:
    through(name)
    ola, mina = subscriber(OLA), subscriber("mina@readers.example")
    calls = [WRITTEN[name](about(sent(each), "hard", "")) for each in (ola, mina)]
    pieces = [call["events"] if name == "mailtrap" else call for call in calls]
    broken: list[Any] = [{"email": OLA}, {"msys": {"a": {}, "b": {}}}, 3, None]
    batch = [*pieces[0], *broken, *pieces[1]]
    answer = call(name, {"events": batch} if name == "mailtrap" else batch)
    assert answer.status_code == 200
    assert [state_of(ola), state_of(mina)] == ["suppressed", "suppressed"]
    assert caplog.records
    assert "ola" not in caplog.text


def test_an_event_that_makes_no_sense_does_not_affect_the_others(
    through: Through, caplog: pytest.LogCaptureFixture
) -> None:
    through("mailjet")
    ola = subscriber(OLA)
    (senseless,) = WRITTEN["mailjet"](Told("hard"))
    senseless |= {"smtp_reply": 3, "email": ["ola"], "Payload": "[]", "time": 253402300799}
    (sound,) = WRITTEN["mailjet"](about(sent(ola), "hard", ""))
    unkeepable = sound | {"email": "nul\x00@\ud800.example", "smtp_reply": "550 \x00\ud800"}
    answer = call("mailjet", [senseless, unkeepable, sound])
    assert answer.status_code == 200
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
    max_examples=60,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(piece=ANY_JSON, kind=st.sampled_from(["HardBounce", "SpamComplaint", "ManualSuppression"]))
def test_any_event_gets_a_response(through: Through, piece: Any, kind: str) -> None:
    through("postmark")
    news = piece if isinstance(piece, dict) else {"Email": piece}
    for said in (piece, news | {"RecordType": "Bounce", "Type": kind}):
        assert call("postmark", said).status_code in {200, 400}


def test_no_log_contains_an_address_or_the_secret(
    through: Through, caplog: pytest.LogCaptureFixture
) -> None:
    through("postmark")
    with caplog.at_level(logging.DEBUG):
        subscriber(OLA)
        tell("postmark", Told("hard", to=OLA))
        call("postmark", WRITTEN["postmark"](Told("hard", to=OLA)), {})
        call("postmark", b'{"Email": "ola@readers.example"')
        call("postmark", {"Email": OLA, "RecordType": "Bounce", "Metadata": 3, "Details": {}})
    said = " ".join(record.getMessage() for record in caplog.records if "newsletter" in record.name)
    assert "could" in said or "cannot" in said
    assert "ola@" not in said
    assert PASSWORD not in said


def test_the_webhook_is_not_found_without_a_provider(settings: Any) -> None:
    for method in ("get", "head", "post"):
        assert getattr(Client(), method)(ADDRESS).status_code == 404


def test_head_is_answered_and_other_sites_may_post(
    through: Through,
) -> None:
    through("postmark")
    assert Client().head(ADDRESS).status_code == 200
    assert Client().get(ADDRESS).status_code == 405
    body = json.dumps(WRITTEN["postmark"](Told("arrived"))).encode()
    elsewhere = proof("postmark", body) | {"Origin": "https://postmark.example"}
    answer = call("postmark", body, elsewhere)
    assert answer.status_code == 200
    assert not answer.cookies
    assert "no-store" in answer["Cache-Control"]


@EVERY
def test_a_valid_secret_passes_and_a_weak_one_is_reported(
    name: str, through: Through, settings: Any
) -> None:
    through(name)
    settings.SECURE = True
    assert check_provider(None) == []
    settings.MAIL_PROVIDER_SECRET = ""
    (found,) = check_provider(None)
    assert found.id == "newsletter.E001"
    assert "MAIL_PROVIDER_SECRET" in found.msg


@pytest.mark.parametrize(("name", "secret"), [("sendgrid", "no key"), ("resend", "whsec_é")])
def test_a_secret_of_the_wrong_type_is_reported_without_its_value(
    name: str, secret: str, through: Through, settings: Any
) -> None:
    through(name)
    settings.MAIL_PROVIDER_SECRET = secret
    (found,) = check_provider(None)
    assert found.id == "newsletter.E002"
    assert secret not in f"{found.msg} {found.hint}"
    assert tell(name, Told("hard")) == 403


def test_a_site_without_https_gets_a_warning(through: Through, settings: Any) -> None:
    through("postmark")
    settings.DEBUG = settings.SECURE = False
    (found,) = check_provider(None)
    assert found.id == "newsletter.W001"
    assert SECRETS["postmark"] not in found.msg


@given(
    moment=st.datetimes(
        datetime.fromisoformat("0001-01-03"),
        datetime.fromisoformat("9999-12-29"),
        timezones=st.integers(-1439, 1439).map(lambda each: timezone(timedelta(minutes=each))),
    )
)
def test_any_event_time_can_be_compared(moment: datetime) -> None:
    read = events._moment(moment)
    if read is not None:
        assert read.utcoffset() == timedelta(0)
        assert read + CLOCKS > read
    assert (read is None) == (not 2000 <= (moment - moment.utcoffset()).year < 9000)  # type: ignore[operator]
