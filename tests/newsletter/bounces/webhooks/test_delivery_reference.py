"""E-mails contain a delivery reference that the provider returns with its events."""

import json
from email import message_from_bytes, policy
from email.message import EmailMessage

import dkim
import pytest

from accounts.models import User
from newsletter import preflight
from newsletter.bounces.providers import HEADERS, PROVIDERS, REF_KEY
from newsletter.bounces.verp import delivery_from_ref, delivery_ref
from newsletter.delivery import sending, worker
from newsletter.delivery.worker import message_of, template_of
from newsletter.email import rendering
from newsletter.models import Bounce, Delivery
from tests.newsletter.bounces.webhooks.payloads import (
    OLA,
    PAYLOADS,
    ProviderEvent,
    UseProvider,
    post_event,
    post_webhook,
)
from tests.newsletter.factories import issue, news, subscriber
from tests.newsletter.mailserver import MailServer

pytestmark = pytest.mark.django_db
OWN = {"address": OLA, "token": "t" * 32, "message_id": "<one@meridian.example>"}
MAX_ID = 9_223_372_036_854_775_807 // 10


def read(wire: bytes) -> EmailMessage:
    return message_from_bytes(wire.removesuffix(b".\r\n"), policy=policy.default)


def ref_in(name: str, message: EmailMessage) -> str:
    """Returns the reference as the provider would store it."""
    value = str(message[PROVIDERS[name].header])
    if name == "postmark":
        return value
    metadata = json.loads(value)
    metadata = metadata.get("unique_args", metadata.get("metadata", metadata))
    return str(metadata[REF_KEY])


def test_every_provider_has_test_data_and_its_own_header() -> None:
    assert set(PROVIDERS) == set(PAYLOADS)
    assert len(HEADERS) == len(PROVIDERS)


@pytest.mark.parametrize("name", PROVIDERS)
def test_the_delivery_reference_is_on_one_unfolded_line(
    name: str, use_provider: UseProvider
) -> None:
    use_provider(name)
    draft, ref = issue(), delivery_ref(MAX_ID)
    rendered = rendering.compose(draft)
    filled = template_of(draft, rendered).render_for(**OWN, ref=ref)
    to, token, message_id = OWN.values()
    message = message_of(draft, rendered, to, token, message_id, ref=ref).message()
    assert ref_in(name, read(filled)) == ref_in(name, message) == ref
    assert delivery_from_ref(ref) == MAX_ID
    assert b"stands-here" not in filled
    (line,) = [each for each in filled.split(b"\r\n") if ref.encode() in each]
    assert line.startswith(f"{PROVIDERS[name].header}: ".encode())


def test_without_a_provider_mails_have_no_delivery_reference() -> None:
    draft = issue()
    filled = read(template_of(draft, rendering.compose(draft)).render_for(**OWN, ref=""))
    assert not {key.lower() for key in filled.keys()} & {each.lower() for each in HEADERS}  # noqa: SIM118


def test_headers_that_the_provider_removes_are_not_signed(
    use_provider: UseProvider, signing: bytes, edna: User, mail_server: MailServer
) -> None:
    use_provider("postmark")
    subscriber(OLA)
    draft = issue()
    sending.start(draft, by=edna)
    worker.deliver_batch(draft.pk)
    lines = mail_server.taken[-1][1].split(b"\r\n")
    passed_on = [line for line in lines if not line.startswith(b"X-PM-")]
    assert len(passed_on) == len(lines) - 2
    assert dkim.verify(b"\r\n".join(passed_on), dnsfunc=lambda name, timeout=5: signing)


def test_each_event_is_matched_by_its_delivery_reference(
    use_provider: UseProvider, edna: User, mail_server: MailServer
) -> None:
    use_provider("sendgrid")
    subscriber(OLA)
    subscriber("mina@readers.example")
    draft = issue()
    sending.start(draft, by=edna)
    worker.deliver_batch(draft.pk)
    (message,) = mail_server.messages_to(OLA)
    ref = ref_in("sendgrid", message)
    delivery = Delivery.objects.get(subscriber__email=OLA)
    assert delivery_from_ref(ref) == delivery.pk
    # Forwarded, so the address is unknown.
    post_event("sendgrid", ProviderEvent("hard", to="elsewhere@forwarded.example", ref=ref))
    delivery.refresh_from_db()
    assert delivery.state == "bounced"
    assert Bounce.objects.get().subscriber == delivery.subscriber


def test_the_preflight_check_warns_until_the_webhook_was_called(use_provider: UseProvider) -> None:
    use_provider("postmark")
    (warning,) = [text for text in preflight.warnings(news()) if "Postmark" in text]
    assert "Postmark" in warning
    assert "/newsletter/webhook/" in warning
    post_webhook("postmark", PAYLOADS["postmark"](ProviderEvent("arrived")))
    assert not [text for text in preflight.warnings(news()) if "Postmark" in text]
