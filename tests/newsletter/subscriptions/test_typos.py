"""Suggested corrections of typos in e-mail addresses."""

import socket
from typing import Any, NoReturn

import pytest
from django.test import Client
from hypothesis import given
from hypothesis import strategies as some

from newsletter.models import Consent, Subscriber
from newsletter.subscriptions.email_addresses import (
    KNOWN_DOMAINS,
    MIN_DOMAIN_LENGTH,
    is_one_typo_apart,
    suggest_correction,
)
from tests.queued_jobs import Queued

OLA = "ola@gmail.com"


@pytest.mark.parametrize(
    "typed",
    [
        "ola@gmial.com", "ola@gamil.com", "ola@gmai.com", "ola@gmaill.com", "ola@gnail.com",
        "ola@gmail.con", "ola@gmail.cm", "ola@gmail.co", "ola@gmial.con", "ola@GMIAL.com",
        "ola@gmailcom", "ola@gmail,com", "ola@gmail", "ola@gmail.com,", "<ola@gmail.com>",
        "mailto:ola@gmail.com", " ola@gmial.com ",
    ],
)  # fmt: skip
def test_the_probable_address_is_suggested(typed: str) -> None:
    assert suggest_correction(typed) == OLA


@pytest.mark.parametrize(
    ("typed", "right"),
    [
        ("o@hotmial.com", "o@hotmail.com"),
        ("o@yaho.com", "o@yahoo.com"),
        ("o@outlok.com", "o@outlook.com"),
        ("o@iclould.com", "o@icloud.com"),
        ("o@wandoo.fr", "o@wanadoo.fr"),
        ("o@institute.example.ogr", "o@institute.example.org"),
    ],
)
def test_other_domains_and_invalid_endings_are_corrected(typed: str, right: str) -> None:
    assert suggest_correction(typed) == right


@pytest.mark.parametrize(
    "typed",
    [
        "ola@readers.example", "ola@hotmail.se", "ola@yahoo.com.mx", "ola@gmx.at", "ola@mail.com",
        "ola@email.com", "ola@bücher.example", "ola@we.com", "ola@outlook.at", "ola", "", "@", "a@",
        "ola@" + "x" * 10_000, "ola@chathamhouse.org", "ola@gmail.com",
    ],
)  # fmt: skip
def test_plausible_addresses_get_no_suggestion(typed: str) -> None:
    assert suggest_correction(typed) == ""


@given(
    some.sampled_from([known for known in KNOWN_DOMAINS if len(known) >= MIN_DOMAIN_LENGTH]),
    some.data(),
)
def test_one_typo_in_a_known_domain_is_valid_or_gets_a_suggestion(
    known: str, data: some.DataObject
) -> None:
    at = data.draw(some.integers(0, len(known) - 2))
    rendered = data.draw(some.sampled_from("abcdefghijklmnopqrstuvwxyz"))
    mistyped = data.draw(
        some.sampled_from(
            [
                known[:at] + known[at + 1 :],
                known[:at] + rendered + known[at:],
                known[:at] + rendered + known[at + 1 :],
                known[:at] + known[at + 1] + known[at] + known[at + 2 :],
            ]
        )
    )
    assert mistyped == known or is_one_typo_apart(mistyped, known)
    suggestion = suggest_correction(f"ola@{mistyped}")
    assert not suggestion or suggest_correction(suggestion) == ""


@given(some.text(max_size=60) | some.emails())
def test_a_suggestion_needs_no_further_suggestion(typed: str) -> None:
    suggestion = suggest_correction(typed)
    assert not suggestion or (
        suggestion.isascii() and suggest_correction(suggestion) == "" and suggestion != typed
    )


@pytest.fixture
def no_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*where: Any, **more: Any) -> NoReturn:
        pytest.fail("an address was looked up on the reader's path")

    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    monkeypatch.setattr("iria.core.jobs.app", Queued())


@pytest.mark.django_db
def test_the_suggestion_keeps_the_input_and_subscribes_nobody(
    client: Client, no_network: None
) -> None:
    response = client.post(
        "/newsletter/",
        {"email": "ola@gmial.com"},
        headers={"Referer": "http://testserver/2026/05/a-story/"},
    )
    page = response.content.decode()
    assert response.status_code == 422
    assert "Did you mean ola@gmail.com?" in page
    assert 'name="email" value="ola@gmial.com"' in page
    assert 'name="came_from" value="/2026/05/a-story/"' in page
    assert not Subscriber.objects.exists()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("pressed", "kept"),
    [
        ({"corrected": "ola@gmail.com"}, "ola@gmail.com"),
        ({"offered": "ola@gmial.com"}, "ola@gmial.com"),
    ],
)
def test_one_button_accepts_the_suggestion_and_one_keeps_the_input(
    client: Client, no_network: None, pressed: dict[str, str], kept: str
) -> None:
    form = {"email": "ola@gmial.com", "came_from": "/2026/05/a-story/"}
    response = client.post("/newsletter/", form | pressed)
    assert response["Location"].startswith("/newsletter/check-your-inbox/")
    assert Subscriber.objects.get().email == kept
    assert Consent.objects.get().source_url == "/2026/05/a-story/"


@pytest.mark.django_db
def test_another_address_gets_a_new_suggestion(client: Client, no_network: None) -> None:
    sent = {"email": "ola@yaho.com", "offered": "ola@gmial.com"}
    assert "Did you mean ola@yahoo.com?" in client.post("/newsletter/", sent).content.decode()
    assert not Subscriber.objects.exists()


@pytest.mark.django_db
def test_a_correction_is_validated_like_any_input(client: Client, no_network: None) -> None:
    response = client.post("/newsletter/", {"email": "x", "corrected": '"><script>@x'})
    assert response.status_code == 422
    assert b"<script>@x" not in response.content
    assert not Subscriber.objects.exists()
