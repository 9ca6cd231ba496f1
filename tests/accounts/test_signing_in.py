"""Sign-up, sign-in and sign-out, without revealing who has an account."""

import re
import time
from collections.abc import Callable
from smtplib import SMTPRecipientsRefused, SMTPServerDisconnected
from typing import Any

import pytest
from allauth.account import app_settings as account_settings
from django.contrib.auth.hashers import MD5PasswordHasher
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import connection
from django.test import Client
from django.urls import reverse
from pytest_django.asserts import assertTemplateUsed

from accounts import email_addresses, mfa
from accounts.models import User
from tests.accounts.emails import subject_of
from tests.conftest import PASSWORD, MailFolder

LOGIN = "/accounts/login/"
SIGNUP = "/accounts/signup/"
CODE = "/accounts/login/code/"
RESET = "/accounts/password/reset/"
NEW = {"display_name": "Nia Falk", "email": "nia@readers.example", "password1": PASSWORD}


@pytest.fixture(autouse=True)
def _no_limits_from_other_tests(db: None) -> None:
    cache.clear()


def code_in(folder: MailFolder, email: str) -> str:
    first_line = str(folder.to(email)[-1].get_content()).splitlines()[0]
    assert re.fullmatch(r"[A-Z0-9-]{4,12}", first_line), first_line
    return first_line


def page_after(client: Client, path: str, form: dict[str, Any]) -> str:
    response = client.post(path, form, follow=True)
    assert response.status_code == 200
    return response.content.decode()


def signed_in(client: Client) -> bool:
    return "_auth_user_id" in client.session


def test_a_new_account_has_a_name_and_is_confirmed_by_a_code(
    client: Client, mail_folder: MailFolder
) -> None:
    assert 'name="code"' in page_after(client, SIGNUP, NEW)
    assert not signed_in(client)
    code = code_in(mail_folder, "nia@readers.example")
    page = page_after(client, reverse("account_email_verification_sent"), {"code": code})
    assert "/accounts/profile/picture/" in page
    assert signed_in(client)
    assert User.objects.get(email="nia@readers.example").public_name == "Nia Falk"


@pytest.mark.parametrize("password", [PASSWORD, ""])
@pytest.mark.parametrize(
    "path",
    ["/accounts/2fa/webauthn/add/", "/accounts/2fa/totp/activate/", "/accounts/password/set/"],
)
def test_a_new_account_can_add_an_authenticator_or_password_at_once(
    client: Client, mail_folder: MailFolder, path: str, password: str
) -> None:
    page_after(client, SIGNUP, {**NEW, "password1": password})
    code = code_in(mail_folder, NEW["email"])
    page_after(client, reverse("account_email_verification_sent"), {"code": code})
    response = client.get(path)
    if password and "password" in path:
        # A password exists, so changing it requires the old one.
        assert response["Location"] == "/accounts/password/change/"
    else:
        assert response.status_code == 200


def test_a_new_account_must_reauthenticate_after_a_while(
    client: Client, mail_folder: MailFolder, monkeypatch: pytest.MonkeyPatch
) -> None:
    page_after(client, SIGNUP, {**NEW, "password1": ""})
    code = code_in(mail_folder, NEW["email"])
    page_after(client, reverse("account_email_verification_sent"), {"code": code})
    later = time.time() + account_settings.REAUTHENTICATION_TIMEOUT + 1
    monkeypatch.setattr(mfa, "time", lambda: later)
    assert client.get("/accounts/password/set/").status_code == 403


def test_a_wrong_code_shows_an_error_and_does_not_sign_in(
    client: Client, mail_folder: MailFolder
) -> None:
    page_after(client, SIGNUP, NEW)
    page = page_after(client, reverse("account_email_verification_sent"), {"code": "WRONG1"})
    assert "Incorrect code." in page
    assert not signed_in(client)


def test_an_account_without_a_password_signs_in_by_code(
    client: Client, mail_folder: MailFolder
) -> None:
    page_after(client, SIGNUP, {**NEW, "password1": ""})
    code = code_in(mail_folder, "nia@readers.example")
    page = page_after(client, reverse("account_email_verification_sent"), {"code": code})
    assert reverse("account_set_password") in page
    client.logout()
    page_after(client, CODE, {"email": "nia@readers.example"})
    code = code_in(mail_folder, "nia@readers.example")
    page_after(client, reverse("account_confirm_login_code"), {"code": code})
    assert signed_in(client)


def test_a_code_by_email_works_once(client: Client, ola: User, mail_folder: MailFolder) -> None:
    email_addresses.mark_confirmed(ola)
    page_after(client, CODE, {"email": ola.email})
    code = {"code": code_in(mail_folder, ola.email)}
    confirm = reverse("account_confirm_login_code")
    page_after(client, confirm, code)
    assert signed_in(client)
    client.post("/accounts/logout/")
    assert "Sign in" in page_after(client, confirm, code)
    assert not signed_in(client)


def test_signing_in_with_a_password_and_out_again(client: Client, ola: User) -> None:
    email_addresses.mark_confirmed(ola)
    page = page_after(client, LOGIN, {"login": ola.email, "password": PASSWORD})
    assert "/accounts/profile/picture/" in page
    assert "Ola Lind" in client.get("/accounts/state/").content.decode()
    client.post("/accounts/logout/")
    assert not signed_in(client)
    assert "Sign in" in client.get("/accounts/state/").content.decode()


@pytest.mark.django_db
def test_an_account_is_found_by_the_index_of_its_address(ola: User) -> None:
    assert User.objects.get_by_natural_key(ola.email.upper()) == ola
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "user_email_once" in User.objects.with_email(ola.email).explain()


def test_a_get_request_does_not_sign_out(client: Client, ola: User) -> None:
    client.force_login(ola)
    assert client.get("/accounts/logout/").status_code == 200
    assert signed_in(client)


def test_sign_in_redirects_back_but_never_to_another_site(client: Client, ola: User) -> None:
    email_addresses.mark_confirmed(ola)
    form = {"login": ola.email, "password": PASSWORD}
    assert client.post(f"{LOGIN}?next=/2026/03/ferries/", form)["Location"] == "/2026/03/ferries/"
    client.logout()
    away = client.post(f"{LOGIN}?next=https://elsewhere.example/", form)
    assert away["Location"] == "/accounts/profile/"


def test_a_wrong_password_looks_like_an_unknown_address(client: Client, ola: User) -> None:
    known = page_after(client, LOGIN, {"login": ola.email, "password": "wrong"})
    unknown = page_after(client, LOGIN, {"login": "no@readers.example", "password": "wrong"})
    assert without_tokens(known) == without_tokens(unknown, "no@readers.example", ola.email)


def test_signing_up_with_a_known_address_looks_like_with_a_new_one(
    client: Client, ola: User, mail_folder: MailFolder
) -> None:
    email_addresses.mark_confirmed(ola)
    known = page_after(Client(), SIGNUP, {**NEW, "email": ola.email})
    new = page_after(Client(), SIGNUP, NEW)
    assert without_tokens(known) == without_tokens(new, NEW["email"], ola.email)
    subject = mail_folder.to(ola.email)[-1]["Subject"]
    assert subject.startswith(subject_of("account_already_exists"))


class CountingHasher(MD5PasswordHasher):
    """A hasher that counts its calls."""

    calls = 0

    def encode(self, password: str, salt: str) -> str:
        type(self).calls += 1
        return super().encode(password, salt)


@pytest.fixture
def hashes_after(settings: Any) -> Callable[..., int]:
    """Submits a form from a new browser; returns the number of hashed passwords."""
    settings.PASSWORD_HASHERS = [f"{__name__}.CountingHasher"]

    def send(path: str, form: dict[str, Any], *, user: User | None = None) -> int:
        browser = Client()
        if user:
            browser.force_login(user)
        calls_before = CountingHasher.calls
        page_after(browser, path, form)
        return CountingHasher.calls - calls_before

    return send


@pytest.mark.parametrize(
    ("path", "field"),
    [(LOGIN, "login"), ("/admin/login/", "username"), (CODE, "email"), (RESET, "email")],
)
def test_no_form_hashes_more_passwords_for_a_known_address(
    ola: User, mail_folder: MailFolder, hashes_after: Callable[..., int], path: str, field: str
) -> None:
    email_addresses.mark_confirmed(ola)
    without_password = User.objects.create_user("rolf@readers.example")
    counts = {
        hashes_after(path, {field: email, "password": "a wrong guess"})
        for email in (ola.email, without_password.email, "no@readers.example")
    }
    assert len(counts) == 1
    assert counts == {0 if field == "email" else 1}


def test_a_second_sign_up_does_not_reveal_a_known_address(
    ola: User, mail_folder: MailFolder
) -> None:
    """A reserved name would reveal that the first sign-up created an account."""
    email_addresses.mark_confirmed(ola)
    probe = {"password1": PASSWORD}
    responses = []
    for number, email in enumerate((ola.email, "nobody@readers.example")):
        name = f"Kirsi Aalto {'AB'[number]}"
        page_after(Client(), SIGNUP, {**probe, "email": email, "display_name": name})
        second = {**probe, "email": f"probe{number}@readers.example", "display_name": name}
        responses.append(Client().post(SIGNUP, second).status_code)
    assert responses == [302, 302]


def test_a_name_is_reserved_when_the_address_is_confirmed(
    client: Client, mail_folder: MailFolder
) -> None:
    page_after(client, SIGNUP, NEW)
    code = code_in(mail_folder, NEW["email"])
    page_after(client, reverse("account_email_verification_sent"), {"code": code})
    again = Client().post(SIGNUP, {**NEW, "email": "second@readers.example"})
    assert again.status_code == 200
    assert "display_name" in again.context["form"].errors


@pytest.mark.parametrize("path", [CODE, RESET])
def test_requesting_a_code_does_not_reveal_whether_an_account_exists(
    client: Client, ola: User, mail_folder: MailFolder, path: str
) -> None:
    email_addresses.mark_confirmed(ola)
    known = page_after(Client(), path, {"email": ola.email})
    unknown = page_after(Client(), path, {"email": "no@readers.example"})
    assert without_tokens(known) == without_tokens(unknown, "no@readers.example", ola.email)
    subject = mail_folder.to("no@readers.example")[-1]["Subject"]
    assert subject.startswith(subject_of("unknown_account"))


def test_a_forgotten_password_is_replaced_by_code(
    client: Client, ola: User, mail_folder: MailFolder
) -> None:
    email_addresses.mark_confirmed(ola)
    page_after(client, "/accounts/password/reset/", {"email": ola.email})
    code = code_in(mail_folder, ola.email)
    confirm = reverse("account_confirm_password_reset_code")
    assert 'name="password1"' in page_after(client, confirm, {"code": code})
    new = {"password1": "another-long-word-of-ola", "password2": "another-long-word-of-ola"}
    page = page_after(client, reverse("account_complete_password_reset"), new)
    assert 'name="password1"' not in page
    ola.refresh_from_db()
    assert ola.check_password("another-long-word-of-ola")
    subject = mail_folder.to(ola.email)[-1]["Subject"]
    assert subject.startswith(subject_of("password_reset"))


def test_sign_in_is_blocked_after_five_wrong_passwords(client: Client, ola: User) -> None:
    email_addresses.mark_confirmed(ola)
    for _ in range(5):
        page_after(client, LOGIN, {"login": ola.email, "password": "wrong"})
    page = page_after(client, LOGIN, {"login": ola.email, "password": PASSWORD})
    assert "Too many failed login attempts" in page
    assert not signed_in(client)


def test_the_admin_login_has_the_same_limits(client: Client, edna: User) -> None:
    form = {"username": edna.email, "password": "wrong"}
    for _ in range(5):
        client.post("/admin/login/", form)
    response = client.post("/admin/login/", {**form, "password": PASSWORD})
    assert "Too many failed login attempts" in response.content.decode()
    assert not signed_in(client)
    cache.clear()
    for _ in range(7):
        client.post("/admin/login/", {**form, "password": PASSWORD})
        assert signed_in(client)
        client.logout()


def test_too_many_requests_get_an_error_page(client: Client, db: None) -> None:
    responses = [client.post(LOGIN, {"login": "", "password": ""}) for _ in range(31)]
    assert responses[-1].status_code == 429
    assertTemplateUsed(responses[-1], "429.html")


def test_an_inactive_account_gets_an_explanation(client: Client, ola: User) -> None:
    email_addresses.mark_confirmed(ola)
    User.objects.filter(pk=ola.pk).update(is_active=False)
    page = client.post(LOGIN, {"login": ola.email, "password": PASSWORD}, follow=True)
    assertTemplateUsed(page, "account/account_inactive.html")
    assert not signed_in(client)


@pytest.mark.parametrize(
    ("error", "is_shown"),
    [
        (SMTPServerDisconnected("to nia@readers.example"), True),
        (ConnectionRefusedError(), True),
        (SMTPRecipientsRefused({"nia@readers.example": (550, b"unknown")}), False),
    ],
)
def test_a_failed_email_causes_no_error_and_logs_no_address(
    client: Client,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    error: Exception,
    is_shown: bool,
) -> None:
    def fail(message: EmailMessage, **options: Any) -> int:
        raise error

    monkeypatch.setattr(EmailMessage, "send", fail)
    page = client.post(SIGNUP, NEW, follow=True)
    assert bool(list(page.context["messages"])) == is_shown
    assert "account e-mail" in caplog.text
    assert "nia@readers.example" not in caplog.text


@pytest.mark.parametrize(
    "path", [LOGIN, SIGNUP, CODE, "/accounts/password/reset/", "/accounts/state/"]
)
def test_pages_of_accounts_are_private(client: Client, db: None, path: str) -> None:
    response = client.get(path)
    assert response.status_code == 200
    assert "no-store" in response["Cache-Control"]
    assert "style=" not in response.content.decode()


def test_the_state_of_an_anonymous_visitor_needs_no_query(
    client: Client, django_assert_num_queries: Any
) -> None:
    with django_assert_num_queries(0):
        response = client.get("/accounts/state/")
    assert not response.cookies


def test_only_staff_sees_the_link_to_the_admin(client: Client, ola: User, edna: User) -> None:
    client.force_login(ola)
    assert "/admin/" not in client.get("/accounts/state/").content.decode()
    client.force_login(edna)
    assert "/admin/" in client.get("/accounts/state/").content.decode()


def test_a_too_long_email_address_is_rejected(client: Client, db: None) -> None:
    label = "r" * 60
    long = f"nia@{label}.{label}.{label}.{label}.{label}.example"
    page = client.post(SIGNUP, {**NEW, "email": long}, follow=True)
    assert page.context["form"].has_error("email")
    assert not User.objects.exists()


def without_tokens(page: str, email: str = "", replacement: str = "") -> str:
    """The page without the parts that differ between requests."""
    page = re.sub(r'(name="csrfmiddlewaretoken" value=")[^"]+', r"\1", page)
    return page.replace(email, replacement) if email else page


def test_a_former_address_cannot_sign_in_after_a_change_in_the_admin(
    client: Client, mail_folder: MailFolder, ola: User
) -> None:
    email_addresses.mark_confirmed(ola)
    phone = Client()
    phone.force_login(ola)
    former, ola.email = ola.email, "ola@elsewhere.example"
    ola.save()
    email_addresses.mark_confirmed(ola)
    assert phone.get("/accounts/profile/").status_code == 302
    client.post(CODE, {"email": former})
    emails = [str(each.get_content()) for each in mail_folder.to(former)]
    assert not any(re.match(r"[A-Z0-9-]{4,12}\n", body) for body in emails)
    Client().post(CODE, {"email": "ola@elsewhere.example"})
    assert code_in(mail_folder, "ola@elsewhere.example")
