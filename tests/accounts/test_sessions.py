"""Sessions, known browsers and rate limits of sign-in."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts import email_addresses, mfa
from accounts.models import Device, Session, User
from iria.tasks import delete_expired_sessions
from tests.accounts.emails import subject_of
from tests.conftest import PASSWORD, MailFolder

FIREFOX = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
PHONE = (
    "Mozilla/5.0 (iPhone; CPU iPhone OS 19_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like Gecko) "
    "Version/19.0 Mobile/15E148 Safari/604.1"
)
SESSIONS = "/accounts/sessions/"


@pytest.fixture(autouse=True)
def _no_limits_from_other_tests(db: None) -> None:
    cache.clear()


def signed_in(user: User, browser: str = FIREFOX) -> Client:
    email_addresses.mark_confirmed(user)
    client = Client(headers={"User-Agent": browser})
    response = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert response.status_code == 302
    return client


def is_signed_in(client: Client) -> bool:
    return client.get("/accounts/profile/").status_code == 200


def test_sessions_are_listed_by_browser_without_their_keys(ola: User) -> None:
    current = signed_in(ola)
    signed_in(ola, PHONE)
    page = current.get(SESSIONS).content.decode()
    assert "Firefox, Linux" in page
    assert "Safari, iPhone" in page
    assert page.count('name="session"') == 1, "this session cannot be ended in the list"
    assert not any(key in page for key in Session.objects.values_list("session_key", flat=True))


def test_a_session_is_ended_from_another_one(ola: User) -> None:
    current, other = signed_in(ola), signed_in(ola, PHONE)
    handle = ola.sessions.get(browser="Safari, iPhone").public_id
    page = current.post(SESSIONS, {"session": handle}, follow=True).content.decode()
    assert "Safari, iPhone" not in page
    assert not is_signed_in(other)
    assert is_signed_in(current)
    page = current.post(SESSIONS, {"session": handle}, follow=True).content.decode()
    assert "Firefox, Linux" in page


def test_all_other_sessions_are_ended_at_once(ola: User) -> None:
    current = signed_in(ola)
    others = [signed_in(ola, PHONE), signed_in(ola, FIREFOX)]
    page = current.post(SESSIONS, {"others": "1"}, follow=True)
    (message,) = page.context["messages"]
    assert "2" in str(message)
    assert is_signed_in(current)
    assert not any(map(is_signed_in, others))


def test_a_session_of_another_account_cannot_be_ended(ola: User, edna: User) -> None:
    current, other = signed_in(ola), signed_in(edna)
    handle = edna.sessions.get().public_id
    current.post(SESSIONS, {"session": handle})
    current.post(SESSIONS, {"session": "ä\x00"})
    assert is_signed_in(other)


def test_a_new_password_ends_all_other_sessions(ola: User) -> None:
    current, other = signed_in(ola), signed_in(ola, PHONE)
    new = {"oldpassword": PASSWORD, "password1": "four-odd-kettles-sing", "password2": ""}
    current.post("/accounts/password/change/", {**new, "password2": new["password1"]})
    page = current.get(SESSIONS).content.decode()
    assert "Firefox, Linux" in page
    assert "Safari, iPhone" not in page
    assert not is_signed_in(other)


def test_activity_is_stored_once_an_hour(ola: User, django_assert_num_queries: Any) -> None:
    current = signed_in(ola)
    is_signed_in(current)
    before = ola.sessions.get().last_seen_at
    is_signed_in(current)
    assert ola.sessions.get().last_seen_at == before
    store = current.session
    store["seen"] = int((timezone.now() - timedelta(hours=2)).timestamp())
    store.save()
    is_signed_in(current)
    seen = ola.sessions.get().last_seen_at
    assert seen is not None
    assert timezone.now() - seen < timedelta(minutes=1)


def test_only_the_second_browser_is_reported_by_email(ola: User, mail_folder: MailFolder) -> None:
    current = signed_in(ola)
    current.post("/accounts/logout/")
    current.post("/accounts/login/", {"login": ola.email, "password": PASSWORD})
    assert mail_folder.to(ola.email) == []
    signed_in(ola, PHONE)
    [mail] = mail_folder.to(ola.email)
    assert mail["Subject"].startswith(subject_of("new_device"))
    body = str(mail.get_content())
    assert "Safari, iPhone" in body
    assert "/accounts/sessions/" in body


def test_expired_sessions_and_browsers_are_deleted_every_night(ola: User) -> None:
    current = signed_in(ola)
    signed_in(ola, PHONE)
    long_ago = timezone.now() - timedelta(days=401)
    ola.sessions.filter(browser="Safari, iPhone").update(expire_date=long_ago)
    ola.devices.filter(browser="Safari, iPhone").update(last_seen=long_ago)
    delete_expired_sessions()
    assert ola.sessions.get().browser == ola.devices.get().browser == "Firefox, Linux"
    assert is_signed_in(current)


def test_the_browser_cookie_is_hashed_and_limited_to_sign_in_paths(ola: User) -> None:
    current = signed_in(ola)
    cookie = current.cookies["known_browser"].value
    assert ola.devices.get().token != cookie
    assert current.cookies["known_browser"]["path"] == "/accounts/"
    assert current.cookies["known_browser_desk"]["path"] == "/admin/"
    assert current.cookies["known_browser"]["httponly"]


def test_failed_attempts_elsewhere_do_not_lock_out_the_owner(ola: User) -> None:
    current = signed_in(ola)
    current.post("/accounts/logout/")
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    wrong = {"login": ola.email, "password": "wrong"}
    for _ in range(6):
        page = elsewhere.post("/accounts/login/", wrong).content.decode()
    assert "Too many failed login attempts" in page
    current.post("/accounts/login/", {"login": ola.email, "password": PASSWORD})
    assert is_signed_in(current)
    # The same for a new browser from another network.
    new = Client(REMOTE_ADDR="198.51.100.7")
    new.post("/accounts/login/", {"login": ola.email, "password": PASSWORD})
    assert is_signed_in(new)


def test_attempts_from_many_ip_addresses_share_a_limit(ola: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": None}
    current = signed_in(ola)
    current.post("/accounts/logout/")
    for number in range(101):
        elsewhere = Client(REMOTE_ADDR=f"203.0.113.{number}")
        page = elsewhere.post("/accounts/login/", {"login": ola.email, "password": "wrong"})
    assert "Too many failed login attempts" in page.content.decode()
    assert (
        "Too many"
        in Client(REMOTE_ADDR="198.51.100.1")
        .post("/accounts/login/", {"login": ola.email, "password": PASSWORD})
        .content.decode()
    )
    current.post("/accounts/login/", {"login": ola.email, "password": PASSWORD})
    assert is_signed_in(current)


def test_one_ip_address_cannot_lock_out_new_browsers(ola: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}
    email_addresses.mark_confirmed(ola)
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    for _ in range(105):
        elsewhere.post("/accounts/login/", {"login": ola.email, "password": "wrong"})
    new = Client(REMOTE_ADDR="198.51.100.7")
    new.post("/accounts/login/", {"login": ola.email, "password": PASSWORD})
    assert is_signed_in(new)


def test_a_new_password_makes_all_other_browsers_unknown(ola: User) -> None:
    current = signed_in(ola)
    signed_in(ola, PHONE)
    new = {"oldpassword": PASSWORD, "password1": "four-odd-kettles-sing"}
    current.post("/accounts/password/change/", {**new, "password2": new["password1"]})
    assert ola.devices.get().browser == "Firefox, Linux"


def test_signing_out_everywhere_else_deletes_the_other_browsers(ola: User) -> None:
    current = signed_in(ola)
    signed_in(ola, PHONE)
    current.post(SESSIONS, {"others": "1"})
    assert ola.devices.get().browser == "Firefox, Linux"


def test_removing_an_authenticator_ends_other_sessions(ola: User) -> None:
    current, other = signed_in(ola), signed_in(ola, PHONE)
    TOTP.activate(ola, "JBSWY3DPEHPK3PXP")
    current.post("/accounts/reauthenticate/", {"password": PASSWORD})
    current.post("/accounts/2fa/totp/deactivate/")
    assert not mfa.has_two_factor(ola)
    assert is_signed_in(current)
    assert not is_signed_in(other)
    assert ola.devices.get().browser == "Firefox, Linux"


def test_an_old_account_without_browsers_is_notified_of_the_first(
    ola: User, mail_folder: MailFolder
) -> None:
    User.objects.filter(pk=ola.pk).update(date_joined=timezone.now() - timedelta(days=90))
    signed_in(ola, PHONE)
    [mail] = mail_folder.to(ola.email)
    assert mail["Subject"].startswith(subject_of("new_device"))
    assert Device.objects.count() == 1


@pytest.mark.parametrize(
    "path",
    [
        "/accounts/data/",
        "/accounts/delete/",
        "/accounts/password/set/",
        "/accounts/2fa/totp/activate/",
        "/accounts/2fa/webauthn/add/",
    ],
)
def test_accounts_without_a_password_must_sign_in_again(
    ola: User, path: str, mail_folder: MailFolder
) -> None:
    email_addresses.mark_confirmed(ola)
    ola.set_unusable_password()
    ola.save()
    client = Client()
    client.force_login(ola)
    response = client.get(path)
    assert response.status_code == 403
    assert client.post(path, {"password1": "four-odd-kettles-sing"}).status_code in {403, 405}
    found = re.search(r'name="next" value="([^"]+)"', response.content.decode())
    assert found
    response = client.post("/accounts/logout/", {"next": found[1]})
    page = client.post(response["Location"], {"email": ola.email}, follow=True).content.decode()
    code = str(mail_folder.to(ola.email)[-1].get_content()).splitlines()[0]
    assert f'name="next" value="{path}"' in page
    response = client.post("/accounts/login/code/confirm/", {"code": code, "next": path})
    assert response["Location"] == path
    assert client.get(path).status_code == 200
