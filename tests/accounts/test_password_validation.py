"""Weak passwords are rejected with a reason; strong ones are accepted."""

import time

import pytest
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError

from accounts.models import User
from accounts.password_validation import FEEDBACK

pytestmark = pytest.mark.django_db


def validation_errors(password: str, user: User | None = None) -> str:
    try:
        validate_password(password, user)
    except ValidationError as error:
        return " ".join(error.messages)
    return ""


@pytest.mark.parametrize(
    ("password", "reason"),
    [
        ("sunshine", "too common"),
        ("qwertyuiop[]", FEEDBACK["spatial"]),
        ("abcdefghijkl", FEEDBACK["sequence"]),
        ("aaaaaaaaaaaaaaaa", FEEDBACK["repeat"]),
        ("14.07.1989", FEEDBACK["date"]),
        ("P@ssw0rd1!", FEEDBACK["dictionary"]),
        ("kort", "too short"),
    ],
)
def test_a_weak_password_is_rejected_with_a_reason(password: str, reason: str) -> None:
    assert reason in validation_errors(password)


def test_the_name_and_email_address_of_the_user_are_weak() -> None:
    user = User(email="ola.lind@readers.example", display_name="Ola Lindqvist")
    assert FEEDBACK["personal"] in validation_errors("OlaLindqvist7", user)
    assert FEEDBACK["personal"] in validation_errors("ola.lind@readers.example", user)


@pytest.mark.parametrize(
    "password",
    [
        "four-odd-kettles-sing",
        "Trummel!Bagger7Quitte",
        "мой-кот-не-любит-снег",
        "雨上がりの図書館で猫が鳴く",
    ],
)
def test_unusual_words_of_any_script_need_no_special_characters(password: str) -> None:
    assert validation_errors(password) == ""


@pytest.mark.parametrize("password", ["a" * 100_000, "qwerty" * 20_000, "\x00" * 100, "😀" * 5_000])
def test_a_very_long_password_is_checked_quickly(password: str) -> None:
    start = time.process_time()
    validation_errors(password)
    assert time.process_time() - start < 2
