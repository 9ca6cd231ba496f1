"""Hostile input in the footer form: a message or one valid e-mail, never an error."""

import json
from email import message_from_bytes, policy

import pytest
from django.core import mail
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from newsletter import subscription_emails
from newsletter.forms import SignUpForm
from newsletter.models import Consent
from newsletter.subscriptions.email_addresses import normalise
from tests.proofs.size import sized
from tests.shared import shared_data

pytestmark = [pytest.mark.django_db, pytest.mark.usefixtures("without_jobs")]


def submit(client: Client, typed: str, number: int, **fields: str) -> bool:
    """Submits the form as one of many readers; returns whether it was accepted."""
    response = client.post(
        "/newsletter/",
        {"email": typed, **fields},
        REMOTE_ADDR=f"10.{number >> 16 & 255}.{number >> 8 & 255}.{number & 255}",
    )
    assert response.status_code in {302, 422}, (typed, response.status_code)
    if response.status_code == 422:
        assert (
            b'class="errorlist"' in response.content or b"newsletter-suggestion" in response.content
        )
        assert b"<script>" not in response.content
    return response.status_code == 302


def answer_everybody() -> list[str]:
    """Runs the pending jobs; checks that each e-mail is valid and goes to the stored address."""
    pending = list(Consent.objects.filter(answered_at=None).order_by("pk"))
    for consent in pending:
        mail.outbox.clear()
        subscription_emails.answer(consent.pk)
        for sent in mail.outbox:
            read = message_from_bytes(sent.message().as_bytes(), policy=policy.default)
            assert [each.addr_spec for each in read["To"].addresses] == [consent.subscriber.email]
            assert len(read.get_all("To", [])) == 1
            assert not ({"Bcc", "Cc", "X-Injected"} & set(read.keys()))
    return [consent.subscriber.email for consent in pending]


def test_known_addresses_are_submitted_through_the_form(client: Client) -> None:
    rows = json.loads(shared_data("email", "isemail-tests.json").read_text())
    accepted = {
        row["address"] for number, row in enumerate(rows) if submit(client, row["address"], number)
    }
    assert not accepted & {row["address"] for row in rows if row["category"] == "ISEMAIL_ERR"}
    answer_everybody()


def test_hostile_texts_are_submitted_in_every_field(client: Client) -> None:
    for number, text in enumerate(json.loads(shared_data("naughty", "blns.json").read_text())):
        hidden = dict.fromkeys(["language", "newsletters", "offered", "came_from"], text)
        for fields in ({"email": text}, {"email": "ola@readers.example", **hidden}):
            form = SignUpForm(fields)
            assert form.is_valid() or form.errors
            assert not form.suggestion or normalise(form.suggestion) == form.suggestion
        # Rendering the page takes most of the time.
        if number % 6 == 0:
            submit(client, text, number, offered=text)
            submit(client, f"ola{number}@readers.example", number, came_from=text, offered=text)
    assert all(email.endswith("@readers.example") for email in answer_everybody())
    assert all(consent.source_url.startswith("/") for consent in Consent.objects.all())


LINE_BREAKS = ["\r\n", "\n", "\r", "%0d%0a", "\x0b", "\x0c", "\x85", "\u2028", "\x00"]


@settings(
    deadline=None,
    max_examples=sized(20, 60),
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(
    some.sampled_from(LINE_BREAKS),
    some.sampled_from(["Bcc: mina@readers.example", "X-Injected: yes", "To: mina@readers.example"]),
    some.integers(0, 20),
)
def test_no_line_break_can_inject_a_header(
    client: Client, line_break: str, header: str, at: int
) -> None:
    address = "ola@readers.example"
    typed = f"{address[:at]}{line_break}{header}{line_break}{address[at:]}"
    accepted = submit(client, typed, at)
    assert not accepted
    assert not Consent.objects.exists()


def test_an_address_that_is_too_long_is_rejected_and_kept_in_the_field(client: Client) -> None:
    for typed in (f"{'o' * 65}@readers.example", f"o@{'.'.join(['r' * 60] * 5)}.example"):
        response = client.post("/newsletter/", {"email": typed})
        assert response.status_code == 422
        assert (
            b"This e-mail address is too long. It may have 64 characters before the @ and 254 in total."
            in response.content
        )
        assert typed.encode() in response.content
