"""An account gets another address only when both mailboxes say so."""

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


def code_to(folder: MailFolder, address: str) -> str:
    return str(folder.to(address)[-1].get_content()).splitlines()[0]


def starts_again(page: str) -> bool:
    """Whether the page asks for a new address, not for codes."""
    return 'name="email"' in page and 'name="new_code"' not in page


def sent(client: Client, form: dict[str, Any]) -> str:
    return client.post(EMAIL, form, follow=True).content.decode()


def test_both_codes_move_the_account_and_the_old_mailbox_is_notified(
    client: Client, ola: User, mail_folder: MailFolder
) -> None:
    assert 'name="new_code"' in sent(client, {"email": NEW})
    codes = {
        "old_code": code_to(mail_folder, ola.email).lower(),
        "new_code": f" {code_to(mail_folder, NEW)} ",
    }
    assert 'name="new_code"' not in sent(client, codes)
    old = ola.email
    ola.refresh_from_db()
    assert ola.email == NEW
    assert EmailAddress.objects.get(user=ola).email == NEW
    assert mail_folder.to(old)[-1]["Subject"].startswith(subject_of("email_changed"))
    assert starts_again(sent(client, codes))


@pytest.mark.parametrize("wrong", ["old_code", "new_code"])
def test_one_code_alone_changes_nothing(
    client: Client, ola: User, mail_folder: MailFolder, wrong: str
) -> None:
    sent(client, {"email": NEW})
    codes = {"old_code": code_to(mail_folder, ola.email), "new_code": code_to(mail_folder, NEW)}
    codes[wrong] = "WRONG1"
    assert "errorlist" in sent(client, codes)
    ola.refresh_from_db()
    assert ola.email == "ola@readers.example"


def test_five_wrong_codes_end_it(client: Client, ola: User, mail_folder: MailFolder) -> None:
    sent(client, {"email": NEW})
    codes = {"old_code": code_to(mail_folder, ola.email), "new_code": code_to(mail_folder, NEW)}
    for _ in range(5):
        words = sent(client, {**codes, "new_code": "WRONG1"})
    assert starts_again(words)
    assert starts_again(sent(client, codes))


def test_an_address_with_an_account_looks_the_same_and_its_owner_is_notified(
    client: Client, ola: User, edna: User, mail_folder: MailFolder
) -> None:
    unknown = sent(client, {"email": NEW})
    sent(client, {"cancel": "1"})
    known = sent(client, {"email": edna.email})
    assert known.replace(edna.email, NEW).split("<form")[0] == unknown.split("<form")[0]
    subject = mail_folder.to(edna.email)[-1]["Subject"]
    assert subject.startswith(subject_of("account_already_exists"))
    codes = {"old_code": code_to(mail_folder, ola.email), "new_code": ""}
    assert sent(client, codes)
    ola.refresh_from_db()
    assert ola.email == "ola@readers.example"


def test_taken_in_the_meantime_is_a_wrong_code(
    client: Client, ola: User, mail_folder: MailFolder
) -> None:
    sent(client, {"email": NEW})
    codes = {"old_code": code_to(mail_folder, ola.email), "new_code": code_to(mail_folder, NEW)}
    User.objects.create_user("OLA@new.example", "a-long-password-of-another")
    assert "errorlist" in sent(client, codes)
    assert EmailAddress.objects.get(user=ola).email == "ola@readers.example"


@pytest.mark.parametrize("hours", [2, -2])
def test_codes_do_not_last_nor_does_a_clock_set_back_stretch_them(
    client: Client,
    ola: User,
    mail_folder: MailFolder,
    monkeypatch: pytest.MonkeyPatch,
    hours: int,
) -> None:
    sent(client, {"email": NEW})
    codes = {"old_code": code_to(mail_folder, ola.email), "new_code": code_to(mail_folder, NEW)}
    now = time.time()
    monkeypatch.setattr("accounts.email_addresses.time", lambda: now + hours * 3600)
    assert starts_again(sent(client, codes))


def test_ones_own_address_and_none_are_rejected(client: Client, ola: User) -> None:
    for email in ("OLA@readers.example", "no address"):
        page = client.post(EMAIL, {"email": email}, follow=True)
        assert page.context["form"].has_error("email")


def test_asking_again_and_again_ends_for_an_hour(client: Client) -> None:
    for number in range(6):
        sent(client, {"email": f"ola{number}@new.example"})
    assert starts_again(sent(client, {"email": NEW}))
