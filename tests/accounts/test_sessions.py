"""Where somebody is signed in, signing out elsewhere, and being told of new browsers."""

import re
from datetime import timedelta
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.test import Client
from django.utils import timezone

from accounts import email_addresses
from accounts.mfa import required
from accounts.models import Device, Session, User
from accounts.sessions import browser_of
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
    answer = client.post("/accounts/login/", {"login": user.email, "password": PASSWORD})
    assert answer.status_code == 302
    return client


def opens(client: Client) -> bool:
    return client.get("/accounts/profile/").status_code == 200


def test_each_browser_is_listed_in_words_and_without_its_key(ola: User) -> None:
    here = signed_in(ola)
    signed_in(ola, PHONE)
    page = here.get(SESSIONS).content.decode()
    assert "Firefox, Linux" in page
    assert "Safari, iPhone" in page
    assert page.count('name="session"') == 1, "this session cannot be ended in the list"
    assert not any(key in page for key in Session.objects.values_list("session_key", flat=True))


def test_one_is_ended_from_elsewhere_and_a_second_time_says_so(ola: User) -> None:
    here, there = signed_in(ola), signed_in(ola, PHONE)
    handle = ola.sessions.get(browser="Safari, iPhone").public_id
    page = here.post(SESSIONS, {"session": handle}, follow=True).content.decode()
    assert "Safari, iPhone" not in page
    assert not opens(there)
    assert opens(here)
    page = here.post(SESSIONS, {"session": handle}, follow=True).content.decode()
    assert "Firefox, Linux" in page


def test_all_others_are_ended_at_once(ola: User) -> None:
    here = signed_in(ola)
    others = [signed_in(ola, PHONE), signed_in(ola, FIREFOX)]
    page = here.post(SESSIONS, {"others": "1"}, follow=True)
    (message,) = page.context["messages"]
    assert "2" in str(message)
    assert opens(here)
    assert not any(map(opens, others))


def test_nobody_ends_the_session_of_another(ola: User, edna: User) -> None:
    here, there = signed_in(ola), signed_in(edna)
    handle = edna.sessions.get().public_id
    here.post(SESSIONS, {"session": handle})
    here.post(SESSIONS, {"session": "ä\x00"})
    assert opens(there)


def test_a_new_password_takes_the_others_off_the_list(ola: User) -> None:
    here, there = signed_in(ola), signed_in(ola, PHONE)
    new = {"oldpassword": PASSWORD, "password1": "four-odd-kettles-sing", "password2": ""}
    here.post("/accounts/password/change/", {**new, "password2": new["password1"]})
    page = here.get(SESSIONS).content.decode()
    assert "Firefox, Linux" in page
    assert "Safari, iPhone" not in page
    assert not opens(there)


def test_use_is_noted_once_an_hour(ola: User, django_assert_num_queries: Any) -> None:
    here = signed_in(ola)
    opens(here)
    before = ola.sessions.get().last_seen_at
    opens(here)
    assert ola.sessions.get().last_seen_at == before
    store = here.session
    store["seen"] = int((timezone.now() - timedelta(hours=2)).timestamp())
    store.save()
    opens(here)
    seen = ola.sessions.get().last_seen_at
    assert seen is not None
    assert timezone.now() - seen < timedelta(minutes=1)


def test_the_first_browser_is_no_news_and_a_second_one_is(
    ola: User, mail_folder: MailFolder
) -> None:
    here = signed_in(ola)
    here.post("/accounts/logout/")
    here.post("/accounts/login/", {"login": ola.email, "password": PASSWORD})
    assert mail_folder.to(ola.email) == []
    signed_in(ola, PHONE)
    [mail] = mail_folder.to(ola.email)
    assert mail["Subject"].startswith(subject_of("new_device"))
    words = str(mail.get_content())
    assert "Safari, iPhone" in words
    assert "/accounts/sessions/" in words


def test_what_ran_out_is_forgotten_every_night(ola: User) -> None:
    here = signed_in(ola)
    signed_in(ola, PHONE)
    long_ago = timezone.now() - timedelta(days=401)
    ola.sessions.filter(browser="Safari, iPhone").update(expire_date=long_ago)
    ola.devices.filter(browser="Safari, iPhone").update(last_seen=long_ago)
    delete_expired_sessions(timestamp=0)
    assert ola.sessions.get().browser == ola.devices.get().browser == "Firefox, Linux"
    assert opens(here)


def test_the_word_in_the_cookie_is_kept_as_a_hash_and_sent_to_the_doors_alone(ola: User) -> None:
    here = signed_in(ola)
    word = here.cookies["known_browser"].value
    assert ola.devices.get().token != word
    assert here.cookies["known_browser"]["path"] == "/accounts/"
    assert here.cookies["known_browser_desk"]["path"] == "/admin/"
    assert here.cookies["known_browser"]["httponly"]


@pytest.mark.parametrize(
    ("says", "name"),
    [
        ("", ""),
        ("<script>alert(1)</script>\x00", ""),
        ("Mozilla/5.0 (Windows NT 10.0) Chrome/140 Safari/537 Edg/140", "Edge, Windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X) Version/19 Safari/605", "Safari, macOS"),
        ("Mozilla/5.0 (Linux; Android 16) Chrome/140 Mobile Safari/537", "Chrome, Android"),
    ],
)
def test_a_browser_is_called_by_names_of_ours(says: str, name: str) -> None:
    assert browser_of(says) == name


def test_guessing_elsewhere_shuts_nobody_out(ola: User) -> None:
    here = signed_in(ola)
    here.post("/accounts/logout/")
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    wrong = {"login": ola.email, "password": "wrong"}
    for _ in range(6):
        page = elsewhere.post("/accounts/login/", wrong).content.decode()
    assert "Too many failed login attempts" in page
    here.post("/accounts/login/", {"login": ola.email, "password": PASSWORD})
    assert opens(here)
    # Nor at a new browser of theirs, as long as it comes from another network.
    new = Client(REMOTE_ADDR="198.51.100.7")
    new.post("/accounts/login/", {"login": ola.email, "password": PASSWORD})
    assert opens(new)


def test_a_thousand_addresses_guess_no_faster_than_a_few(ola: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": None}
    here = signed_in(ola)
    here.post("/accounts/logout/")
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
    here.post("/accounts/login/", {"login": ola.email, "password": PASSWORD})
    assert opens(here)


def test_one_ip_address_shuts_nobody_out_of_a_new_browser(ola: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = {"login": None, "login_failed": None}
    email_addresses.mark_confirmed(ola)
    elsewhere = Client(REMOTE_ADDR="203.0.113.9")
    for _ in range(105):
        elsewhere.post("/accounts/login/", {"login": ola.email, "password": "wrong"})
    new = Client(REMOTE_ADDR="198.51.100.7")
    new.post("/accounts/login/", {"login": ola.email, "password": PASSWORD})
    assert opens(new)


def test_a_new_password_makes_every_other_browser_a_stranger_again(ola: User) -> None:
    here = signed_in(ola)
    signed_in(ola, PHONE)
    new = {"oldpassword": PASSWORD, "password1": "four-odd-kettles-sing"}
    here.post("/accounts/password/change/", {**new, "password2": new["password1"]})
    assert ola.devices.get().browser == "Firefox, Linux"


def test_signing_out_everywhere_else_forgets_the_browsers_there(ola: User) -> None:
    here = signed_in(ola)
    signed_in(ola, PHONE)
    here.post(SESSIONS, {"others": "1"})
    assert ola.devices.get().browser == "Firefox, Linux"


def test_one_factor_less_ends_the_sessions_elsewhere(ola: User) -> None:
    here, there = signed_in(ola), signed_in(ola, PHONE)
    TOTP.activate(ola, "JBSWY3DPEHPK3PXP")
    here.post("/accounts/reauthenticate/", {"password": PASSWORD})
    here.post("/accounts/2fa/totp/deactivate/")
    assert not required.has_two_factor(ola)
    assert opens(here)
    assert not opens(there)
    assert ola.devices.get().browser == "Firefox, Linux"


def test_an_older_account_of_which_no_browser_is_known_hears_of_the_first(
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
def test_without_a_password_an_open_browser_is_not_enough_either(
    ola: User, path: str, mail_folder: MailFolder
) -> None:
    email_addresses.mark_confirmed(ola)
    ola.set_unusable_password()
    ola.save()
    client = Client()
    client.force_login(ola)
    answer = client.get(path)
    assert answer.status_code == 403
    assert client.post(path, {"password1": "four-odd-kettles-sing"}).status_code in {403, 405}
    found = re.search(r'name="next" value="([^"]+)"', answer.content.decode())
    assert found
    answer = client.post("/accounts/logout/", {"next": found[1]})
    page = client.post(answer["Location"], {"email": ola.email}, follow=True).content.decode()
    code = str(mail_folder.to(ola.email)[-1].get_content()).splitlines()[0]
    assert f'name="next" value="{path}"' in page
    answer = client.post("/accounts/login/code/confirm/", {"code": code, "next": path})
    assert answer["Location"] == path
    assert client.get(path).status_code == 200
