"""Validating e-mail addresses."""

import json
from email import message_from_bytes, policy
from email.message import EmailMessage

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as some

from iria.core.mail import mailbox
from newsletter.subscriptions.email_addresses import (
    PLAIN,
    _check_domain,
    for_display,
    mask,
    normalise,
)
from tests.shared import shared_data


@pytest.mark.parametrize(
    ("typed", "normalised"),
    [
        ("Ola.Lind@Readers.Example", "Ola.Lind@readers.example"),
        ("  ola@readers.example ", "ola@readers.example"),
        ("o'la+letters@readers.example", "o'la+letters@readers.example"),
        ("ola@bücher.example", "ola@xn--bcher-kva.example"),
        ("ola@BÜCHER.example", "ola@xn--bcher-kva.example"),
        ("ola@straße.example", "ola@xn--strae-oqa.example"),
    ],
)
def test_an_address_is_normalised(typed: str, normalised: str) -> None:
    assert normalise(typed) == normalised
    assert normalise(normalised) == normalised


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "ola",
        "@readers.example",
        "ola@",
        "ola@@readers.example",
        "ola@readers..example",
        "ola..lind@readers.example",
        "ola@readers.example, mina@readers.example",
        "Ola <ola@readers.example>",
        "ola@[127.0.0.1]",
        "ola@localhost",
        '"ola lind"@readers.example',
        "ola@readers.example\r\nBcc: mina@readers.example",
        "ola\x00@readers.example",
        "ola\ud800@readers.example",
        "ölå@readers.example",
        f"{'o' * 65}@readers.example",
        f"ola@{'.'.join(['r' * 60] * 4)}.example.org",
        "o" * 100_000,
    ],
)
def test_an_invalid_address_is_rejected_with_one_message(typed: str) -> None:
    with pytest.raises(ValidationError) as error:
        normalise(typed)
    assert len(error.value.messages) == 1


@given(some.text(max_size=80) | some.emails() | some.from_regex(r".{1,20}@.{1,30}"))
def test_accepted_addresses_round_trip_in_a_header(typed: str) -> None:
    try:
        kept = normalise(typed)
    except ValidationError:
        return
    assert normalise(kept) == kept
    message = EmailMessage()
    message["To"] = mailbox("A reader, of ours", kept)
    read = message_from_bytes(message.as_bytes(), policy=policy.default)
    assert [address.addr_spec for address in read["To"].addresses] == [kept]
    assert read.keys() == ["To"]


def test_known_invalid_addresses_are_rejected() -> None:
    rows = json.loads(shared_data("email", "isemail-tests.json").read_text())
    rejected = set()
    for row in rows:
        try:
            normalise(row["address"])
        except ValidationError:
            rejected.add(row["address"])
    assert {row["address"] for row in rows if row["category"] == "ISEMAIL_ERR"} <= rejected
    assert len(rejected) < len(rows)


def test_internationalised_domains_are_shown_in_unicode() -> None:
    assert for_display("ola@xn--bcher-kva.example") == "ola@bücher.example"
    assert mask("ola@xn--bcher-kva.example") == "o…@bücher.example"


@given(some.from_regex(PLAIN, fullmatch=True) | some.emails())
def test_the_fast_path_agrees_with_the_full_check(typed: str) -> None:
    local, _, domain = typed.rpartition("@")
    try:
        long_way = _check_domain(typed, local, domain)
    except ValidationError:
        with pytest.raises(ValidationError):
            normalise(typed)
        return
    assert normalise(typed) == long_way
