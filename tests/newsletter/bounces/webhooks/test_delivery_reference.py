"""E-mails contain a delivery reference that the provider returns with its events."""

import json
from email import message_from_bytes, policy
from email.message import EmailMessage

import dkim
import pytest

from accounts.models import User
from newsletter.bounces.verp import delivery_from_ref, delivery_ref
from newsletter.bounces.webhooks.providers import HEADERS, KEY, PROVIDERS
from newsletter.delivery import sending, worker
from newsletter.delivery.batch import message_of, template_of
from newsletter.email import rendering
from newsletter.models import Bounce, Delivery
from newsletter.preflight import checks
from tests.newsletter.bounces.webhooks.calls import OLA, WRITTEN, Through, Told, call, tell
from tests.newsletter.factories import issue, news, subscriber
from tests.newsletter.mailserver import MailServer

pytestmark = pytest.mark.django_db
OWN = {"address": OLA, "token": "t" * 32, "message_id": "<one@meridian.example>"}
LONGEST = 9_223_372_036_854_775_807 // 10


def read(wire: bytes) -> EmailMessage:
    return message_from_bytes(wire.removesuffix(b".\r\n"), policy=policy.default)


def mark_in(name: str, message: EmailMessage) -> str:
    """Returns the reference as the provider would store it."""
    said = str(message[PROVIDERS[name].header])
    if name == "postmark":
        return said
    kept = json.loads(said)
    kept = kept.get("unique_args", kept.get("metadata", kept))
    return str(kept[KEY])


def test_every_provider_is_documented_completely() -> None:
    assert set(PROVIDERS) == set(WRITTEN)
    assert len(HEADERS) == len(PROVIDERS)


@pytest.mark.parametrize("name", PROVIDERS)
def test_the_delivery_reference_is_on_one_unfolded_line(name: str, through: Through) -> None:
    through(name)
    made, mark = issue(), delivery_ref(LONGEST)
    letter = rendering.compose(made)
    filled = template_of(made, letter).render_for(**OWN, ref=mark)
    to, token, message_id = OWN.values()
    built = message_of(made, letter, to, token, message_id, ref=mark).message()
    assert mark_in(name, read(filled)) == mark_in(name, built) == mark
    assert delivery_from_ref(mark) == LONGEST
    assert b"stands-here" not in filled
    (line,) = [each for each in filled.split(b"\r\n") if mark.encode() in each]
    assert line.startswith(f"{PROVIDERS[name].header}: ".encode())


def test_without_a_provider_mails_have_no_delivery_reference() -> None:
    made = issue()
    filled = read(template_of(made, rendering.compose(made)).render_for(**OWN, ref=""))
    assert not {key.lower() for key in filled.keys()} & {each.lower() for each in HEADERS}  # noqa: SIM118


def test_headers_that_the_provider_removes_are_not_signed(
    through: Through, signing: bytes, edna: User, mail_server: MailServer
) -> None:
    through("postmark")
    subscriber(OLA)
    made = issue()
    sending.start(made, by=edna)
    worker.deliver_batch(made.pk)
    lines = mail_server.taken[-1][1].split(b"\r\n")
    passed_on = [line for line in lines if not line.startswith(b"X-PM-")]
    assert len(passed_on) == len(lines) - 2
    assert dkim.verify(b"\r\n".join(passed_on), dnsfunc=lambda name, timeout=5: signing)


def test_each_event_is_matched_by_its_delivery_reference(
    through: Through, edna: User, mail_server: MailServer
) -> None:
    through("sendgrid")
    subscriber(OLA)
    subscriber("mina@readers.example")
    made = issue()
    sending.start(made, by=edna)
    worker.deliver_batch(made.pk)
    (message,) = mail_server.messages_to(OLA)
    mark = mark_in("sendgrid", message)
    delivery = Delivery.objects.get(subscriber__email=OLA)
    assert delivery_from_ref(mark) == delivery.pk
    # Forwarded, so the address is unknown.
    tell("sendgrid", Told("hard", to="elsewhere@forwarded.example", mark=mark))
    delivery.refresh_from_db()
    assert delivery.state == "bounced"
    assert Bounce.objects.get().subscriber == delivery.subscriber


def test_the_preflight_check_warns_until_the_webhook_was_called(through: Through) -> None:
    through("postmark")
    (told,) = [each for each in checks.warnings(news()) if "Postmark" in each]
    assert "Postmark" in told
    assert "/newsletter/webhook/" in told
    call("postmark", WRITTEN["postmark"](Told("arrived")))
    assert not [each for each in checks.warnings(news()) if "Postmark" in each]
