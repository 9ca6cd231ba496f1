"""Hostile input in the footer form: a message or one valid e-mail, never an error."""

import pytest
from django.test import Client
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as some

from newsletter.models import Consent
from tests.proofs.size import sized

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
