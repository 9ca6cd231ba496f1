"""Changing the e-mail address needs a code from both mailboxes."""

import time
from typing import Any

import pytest
from allauth.account.models import EmailAddress
from django.core.cache import cache
from django.test import Client

from accounts import email_addresses
from accounts.models import User
from tests.accounts.emails import subject_of
from tests.conftest import MailFolder

EMAIL = "/accounts/email/"
NEW = "ola@new.example"


@pytest.fixture(autouse=True)
def _signed_in(client: Client, ola: User) -> None:
    cache.clear()
    email_addresses.mark_confirmed(ola)
    client.force_login(ola)


def code_to(folder: MailFolder, email: str) -> str:
    return str(folder.to(email)[-1].get_content()).splitlines()[0]


def starts_again(page: str) -> bool:
    """Whether the page asks for a new e-mail address, not for codes."""
    return 'name="email"' in page and 'name="new_code"' not in page


def submit(client: Client, form: dict[str, Any]) -> str:
    return client.post(EMAIL, form, follow=True).content.decode()


def test_both_codes_change_the_address_and_the_old_one_is_notified(
    client: Client, ola: User, mail_folder: MailFolder
) -> None:
    assert 'name="new_code"' in submit(client, {"email": NEW})
    codes = {
        "old_code": code_to(mail_folder, ola.email).lower(),
        "new_code": f" {code_to(mail_folder, NEW)} ",
    }
    assert 'name="new_code"' not in submit(client, codes)
    old = ola.email
    ola.refresh_from_db()
    assert ola.email == NEW
    assert EmailAddress.objects.get(user=ola).email == NEW
    assert mail_folder.to(old)[-1]["Subject"].startswith(subject_of("email_changed"))
    assert starts_again(submit(client, codes))


@pytest.mark.parametrize("wrong", ["old_code", "new_code"])
def test_one_code_alone_changes_nothing(
    client: Client, ola: User, mail_folder: MailFolder, wrong: str
) -> None:
    submit(client, {"email": NEW})
    codes = {"old_code": code_to(mail_folder, ola.email), "new_code": code_to(mail_folder, NEW)}
    codes[wrong] = "WRONG1"
    assert "errorlist" in submit(client, codes)
    ola.refresh_from_db()
    assert ola.email == "ola@readers.example"


def test_five_wrong_codes_cancel_the_change(
    client: Client, ola: User, mail_folder: MailFolder
) -> None:
    submit(client, {"email": NEW})
    codes = {"old_code": code_to(mail_folder, ola.email), "new_code": code_to(mail_folder, NEW)}
    for _ in range(5):
        page = submit(client, {**codes, "new_code": "WRONG1"})
    assert starts_again(page)
    assert starts_again(submit(client, codes))


def test_an_address_in_use_looks_the_same_and_its_owner_is_notified(
    client: Client, ola: User, edna: User, mail_folder: MailFolder
) -> None:
    unknown = submit(client, {"email": NEW})
    submit(client, {"cancel": "1"})
    known = submit(client, {"email": edna.email})
    assert known.replace(edna.email, NEW).split("<form")[0] == unknown.split("<form")[0]
    subject = mail_folder.to(edna.email)[-1]["Subject"]
    assert subject.startswith(subject_of("account_already_exists"))
    codes = {"old_code": code_to(mail_folder, ola.email), "new_code": ""}
    assert submit(client, codes)
    ola.refresh_from_db()
    assert ola.email == "ola@readers.example"


def test_an_address_taken_in_the_meantime_is_a_wrong_code(
    client: Client, ola: User, mail_folder: MailFolder
) -> None:
    submit(client, {"email": NEW})
    codes = {"old_code": code_to(mail_folder, ola.email), "new_code": code_to(mail_folder, NEW)}
    User.objects.create_user("OLA@new.example", "a-long-password-of-another")
    assert "errorlist" in submit(client, codes)
    assert EmailAddress.objects.get(user=ola).email == "ola@readers.example"


@pytest.mark.parametrize("hours", [2, -2])
def test_codes_expire_also_after_a_clock_was_set_back(
    client: Client,
    ola: User,
    mail_folder: MailFolder,
    monkeypatch: pytest.MonkeyPatch,
    hours: int,
) -> None:
    submit(client, {"email": NEW})
    codes = {"old_code": code_to(mail_folder, ola.email), "new_code": code_to(mail_folder, NEW)}
    now = time.time()
    monkeypatch.setattr("accounts.email_addresses.time", lambda: now + hours * 3600)
    assert starts_again(submit(client, codes))


def test_the_current_and_an_invalid_address_are_rejected(client: Client, ola: User) -> None:
    for email in ("OLA@readers.example", "no address"):
        page = client.post(EMAIL, {"email": email}, follow=True)
        assert page.context["form"].has_error("email")


def test_requests_are_limited_per_hour(client: Client) -> None:
    for number in range(6):
        submit(client, {"email": f"ola{number}@new.example"})
    assert starts_again(submit(client, {"email": NEW}))
