"""Only the provider is heard, whatever it sends is survived, and nothing of it is written into a log."""

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
def test_a_call_that_is_not_proved_or_wrongly_proved_is_refused_and_changes_nothing(
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
        # What proves one call proves no other.
        call(name, forged, {n: v[:-3] + "AA=" for n, v in proof(name, body + b" ").items()}),
    ]
    settings.MAIL_PROVIDER_SECRET = ""
    answers.append(call(name, body))
    assert [answer.status_code for answer in answers] == [403] * 4
    assert [state_of(ola), state_of(delivery)] == ["active", "sent"]
    assert not Bounce.objects.exists()
    assert not MailboxStatus.objects.exists()


@EVERY
def test_what_is_no_json_is_refused_and_something_else_too(name: str, through: Through) -> None:
    through(name)
    # What proves Mailgun's calls stands in their JSON.
    expected = 403 if name == "mailgun" else 400
    assert call(name, b'{"event": ').status_code == expected
    assert call(name, b"[3]").status_code == expected
    assert not MailboxStatus.objects.exists()


def test_more_than_a_provider_has_to_tell_is_refused_before_it_is_read(through: Through) -> None:
    through("sendgrid")
    size = verification.MOST_BYTES + 1
    sizes = {size: 413, "many": 403}
    for said, status in sizes.items():
        answer = Client().generic("POST", ADDRESS, b"[]", CONTENT_LENGTH=said)
        assert answer.status_code == status


@pytest.mark.parametrize("name", ["mailjet", "mailtrap", "sendgrid", "sparkpost"])
def test_of_several_pieces_of_news_a_broken_one_does_not_cost_the_others(
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


def test_a_piece_that_can_be_read_and_makes_no_sense_does_not_cost_the_others(
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
def test_whatever_the_provider_sends_is_answered(through: Through, piece: Any, kind: str) -> None:
    through("postmark")
    news = piece if isinstance(piece, dict) else {"Email": piece}
    for said in (piece, news | {"RecordType": "Bounce", "Type": kind}):
        assert call("postmark", said).status_code in {200, 400}


def test_no_log_names_a_reader_or_the_secret(
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


def test_there_is_no_such_address_where_no_provider_is_named(settings: Any) -> None:
    for method in ("get", "head", "post"):
        assert getattr(Client(), method)(ADDRESS).status_code == 404


def test_a_provider_may_look_whether_anybody_is_there_and_comes_from_elsewhere(
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
def test_a_sound_secret_starts_and_one_that_proves_nothing_is_named(
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
def test_a_secret_of_another_kind_is_named_and_not_repeated(
    name: str, secret: str, through: Through, settings: Any
) -> None:
    through(name)
    settings.MAIL_PROVIDER_SECRET = secret
    (found,) = check_provider(None)
    assert found.id == "newsletter.E002"
    assert secret not in f"{found.msg} {found.hint}"
    assert tell(name, Told("hard")) == 403


def test_a_site_without_https_is_warned(through: Through, settings: Any) -> None:
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
def test_whenever_a_provider_says_it_happened_can_be_compared(moment: datetime) -> None:
    read = events._moment(moment)
    if read is not None:
        assert read.utcoffset() == timedelta(0)
        assert read + CLOCKS > read
    assert (read is None) == (not 2000 <= (moment - moment.utcoffset()).year < 9000)  # type: ignore[operator]
