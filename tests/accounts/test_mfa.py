"""Two-factor authentication is required for the admin."""

import json
import re
import time
from collections.abc import Iterator
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP, format_hotp_value, hotp_value
from django.contrib import admin
from django.core.cache import cache
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from pytest_django.asserts import assertTemplateUsed

from accounts import email_addresses, mfa
from accounts.allauth_forms import TwoFactorForm
from accounts.models import User
from tests.accounts.emails import mfa_subject_of
from tests.accounts.keys import passkey_of
from tests.conftest import PASSWORD, MailFolder

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _required_for_staff(db: None, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True
    cache.clear()


def code_of(secret: str = SECRET, *, steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def add_app(user: User) -> User:
    email_addresses.mark_confirmed(user)
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def sign_in(client: Client, user: User, wanted: str = "/admin/") -> Any:
    email_addresses.mark_confirmed(user)
    form = {"login": user.email, "password": PASSWORD, "next": wanted}
    return client.post(LOGIN, form, follow=True)


def admin_urls() -> Iterator[str]:
    """A URL for every route of the admin, with numbers for the variable parts."""

    def below(patterns: Any, prefix: str) -> Iterator[str]:
        for each in patterns:
            route = prefix + str(each.pattern)
            if isinstance(each, URLResolver):
                yield from below(each.url_patterns, route)
            elif isinstance(each, URLPattern):
                yield route

    [resolver] = [
        each
        for each in get_resolver().url_patterns
        if isinstance(each, URLResolver) and str(each.pattern) == "admin/"
    ]
    for route in below(resolver.url_patterns, "/admin/"):
        path = route.replace("^", "").replace("$", "")
        for part in ("<path:object_id>", "<int:pk>", "<id>", "<str:object_id>"):
            path = path.replace(part, "1")
        yield "/admin/none/" if "(" in path or "<" in path else path


def test_no_admin_url_opens_without_two_factor_authentication(client: Client, chief: User) -> None:
    client.force_login(chief)
    paths = set(admin_urls()) - set(mfa.EXEMPT_PATHS)
    assert len(paths) > 100
    for number, path in enumerate(sorted(paths)):
        response = client.get(path)
        assert response.status_code == 302, path
        assert response["Location"] == "/accounts/second-factor/", path
        if number % 10 == 0:
            assert client.post(path, {"word": "some words"}).status_code == 403, path


def test_the_admin_site_denies_permission_too(client: Client, chief: User) -> None:
    client.force_login(chief)
    request = client.get("/accounts/profile/").wsgi_request
    assert not admin.site.has_permission(request)


def test_the_admin_login_redirects_to_the_public_sign_in_page(client: Client, chief: User) -> None:
    response = client.get("/admin/login/?next=/admin/articles/article/")
    assert response["Location"] == f"{LOGIN}?next=%2Fadmin%2Farticles%2Farticle%2F"
    client.post("/admin/login/", {"username": chief.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_a_reader_gets_403_instead_of_a_redirect_loop(client: Client, ola: User) -> None:
    client.force_login(ola)
    response = client.get("/admin/", follow=True)
    assert response.status_code == 403


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_first_sign_in_sets_up_an_app_and_continues_to_the_target(
    client: Client, edna: User, mail_folder: MailFolder
) -> None:
    page = sign_in(client, edna, "/admin/articles/article/")
    assertTemplateUsed(page, "account/two_factor_required.html")
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200, "asked for the password again"
    secret = client.session["mfa.totp.secret"]
    page = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}, follow=True)
    html = page.content.decode()
    assertTemplateUsed(page, "mfa/recovery_codes/index.html")
    assert 'href="/admin/articles/article/"' in html
    assert client.get("/admin/articles/article/").status_code == 200
    subject = mail_folder.to(edna.email)[-1]["Subject"]
    assert subject.startswith(mfa_subject_of("totp_activated"))


def test_a_wrong_code_activates_no_app_and_keeps_the_secret(client: Client, edna: User) -> None:
    sign_in(client, edna)
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    page = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert "Incorrect code." in page.content.decode()
    assert client.session["mfa.totp.secret"] == secret
    assert not mfa.has_two_factor(edna)


def test_sign_in_requires_a_code_that_works_once(client: Client, edna: User) -> None:
    add_app(edna)
    page = sign_in(client, edna, "/admin/articles/article/")
    assertTemplateUsed(page, "mfa/authenticate.html")
    assert client.get("/admin/").status_code == 302
    code = code_of()
    page = client.post("/accounts/2fa/authenticate/", {"code": code}, follow=True)
    assert page.redirect_chain[-1][0] == "/admin/articles/article/"
    assert page.status_code == 200
    another = Client()
    sign_in(another, edna)
    page = another.post("/accounts/2fa/authenticate/", {"code": code})
    assert "Incorrect code." in page.content.decode()
    assert "_auth_user_id" not in another.session


def test_a_used_code_is_rejected_during_the_whole_tolerance(client: Client, edna: User) -> None:
    """allauth remembers a used code for one step only."""
    add_app(edna)
    code = code_of(steps=1)
    sign_in(client, edna)
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    cache.delete(f"allauth.mfa.totp.used?user={edna.pk}&code={code}")
    another = Client()
    sign_in(another, edna)
    for typed in (code, f"{code[:3]} {code[3:]}"):
        page = another.post("/accounts/2fa/authenticate/", {"code": typed})
        cache.delete(f"allauth.mfa.totp.used?user={edna.pk}&code={code}")
        assert "Incorrect code." in page.content.decode()


def test_a_recovery_code_works_once(client: Client, edna: User) -> None:
    add_app(edna)
    codes = RecoveryCodes(Authenticator.objects.get(user=edna, type="recovery_codes"))
    code = codes.get_unused_codes()[0]
    sign_in(client, edna)
    page = client.post("/accounts/2fa/authenticate/", {"code": code}, follow=True)
    assert page.status_code == 200
    assert "_auth_user_id" in client.session
    assert client.get("/admin/").status_code == 200
    another = Client()
    sign_in(another, edna)
    page = another.post("/accounts/2fa/authenticate/", {"code": code})
    assert "Incorrect code." in page.content.decode()


def test_a_session_must_reauthenticate_after_a_set_up_elsewhere(client: Client, edna: User) -> None:
    sign_in(client, edna)
    add_app(edna)
    response = client.get("/admin/articles/article/")
    assert (
        response["Location"]
        == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2Farticles%2Farticle%2F"
    )
    page = client.post(response["Location"], {"code": code_of()}, follow=True)
    assert page.redirect_chain[-1][0] == "/admin/articles/article/"
    assert page.status_code == 200


def test_removing_the_app_closes_the_admin_in_open_sessions(client: Client, edna: User) -> None:
    add_app(edna)
    sign_in(client, edna)
    client.post("/accounts/2fa/authenticate/", {"code": code_of()})
    assert client.get("/admin/").status_code == 200
    Authenticator.objects.filter(user=edna, type="totp").delete()
    assert client.get("/admin/")["Location"] == "/accounts/second-factor/"


def test_submitted_text_is_shown_again(client: Client, edna: User) -> None:
    client.force_login(edna)
    response = client.post("/admin/articles/article/add/", {"headline": "Ferries after dark"})
    assert response.status_code == 403
    assert "Ferries after dark" in response.content.decode()


def test_an_administrator_resets_it_and_ends_all_sessions(
    client: Client, chief: User, edna: User, settings: Any
) -> None:
    add_app(edna)
    sign_in(client, edna)
    client.post("/accounts/2fa/authenticate/", {"code": code_of()})
    settings.STAFF_SECOND_FACTOR = False
    browser = Client()
    browser.force_login(chief)
    chosen = {"action": "reset_two_factor", "_selected_action": [edna.pk]}
    page = browser.post("/admin/accounts/user/", chosen, follow=True)
    assert "Edna Okafor" in page.content.decode()
    assert not Authenticator.objects.filter(user=edna).exists()
    assert not edna.sessions.exists()


def test_secrets_are_encrypted_and_useless_with_another_key(
    client: Client, edna: User, settings: Any
) -> None:
    add_app(edna)
    row = Authenticator.objects.get(user=edna, type="totp")
    assert SECRET not in json.dumps(row.data)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    assert not row.wrap().validate_code(code_of())
    settings.SECRET_KEY_FALLBACKS = [former]
    assert row.wrap().validate_code(code_of())


def test_an_account_with_only_a_passkey_is_asked_for_it(client: Client, edna: User) -> None:
    passkey_of(edna)
    page = sign_in(client, edna)
    assertTemplateUsed(page, "mfa/authenticate.html")
    assert "passkey-options" in page.content.decode()
    another = Client()
    another.force_login(edna)
    page = another.get("/admin/", follow=True)
    assert page.redirect_chain[-1][0].startswith("/accounts/2fa/webauthn/reauthenticate/")


def fields_of(response: Any) -> set[str]:
    """The names of the visible fields on a page."""
    tags = re.findall(r"<input\b[^>]*>", response.content.decode())
    visible = [tag for tag in tags if 'type="hidden"' not in tag]
    return {name for tag in visible for name in re.findall(r'name="([^"]+)"', tag)}


def test_with_only_a_passkey_no_page_asks_for_a_code(client: Client, edna: User) -> None:
    passkey_of(edna)
    page = sign_in(client, edna)
    assert page.templates[0].name == "mfa/authenticate.html"
    assert "code" not in fields_of(page)


@pytest.mark.parametrize("step", ["sign-in", "reauthentication"])
def test_with_a_passkey_and_recovery_codes_the_passkey_comes_first(
    client: Client, edna: User, step: str
) -> None:
    """A recovery code replaces a lost passkey."""
    passkey_of(edna)
    codes = RecoveryCodes.activate(edna).generate_codes()
    if step == "sign-in":
        page = sign_in(client, edna)
        form = page.context["form"]
        assert not form.has_app
        html = page.content.decode()
        assert html.index("data-passkey") < html.index('name="code"')
        assert form.fields["code"].label != TwoFactorForm.base_fields["code"].label
        done = client.post("/accounts/2fa/authenticate/", {"code": codes[0]}, follow=True)
        assert done.redirect_chain[-1][0] == "/admin/"
    else:
        client.force_login(edna)
        page = client.get("/admin/", follow=True)
        assert page.redirect_chain[-1][0].startswith("/accounts/2fa/webauthn/reauthenticate/")
        assert "code" not in fields_of(page)
        alternatives = page.context["reauthentication_alternatives"]
        [other] = [each["url"] for each in alternatives if "/2fa/" in each["url"]]
        other_page = client.get(other)
        assert not other_page.context["form"].has_app
        done = client.post(other, {"code": codes[0], "next": "/admin/"}, follow=True)
        assert done.redirect_chain[-1][0] == "/admin/"


def test_with_an_app_the_second_step_asks_for_its_code(client: Client, edna: User) -> None:
    add_app(edna)
    passkey_of(edna)
    page = sign_in(client, edna)
    assert page.context["form"].has_app
    assert "code" in fields_of(page)


def test_a_passkey_is_offered_only_to_accounts_that_have_one(client: Client, ola: User) -> None:
    add_app(ola)
    page = sign_in(client, ola)
    assertTemplateUsed(page, "mfa/authenticate.html")
    assert "passkey-options" not in page.content.decode()


def test_passkeys_are_listed_renamed_and_removed(client: Client, ola: User) -> None:
    key = passkey_of(ola)
    sign_in(client, ola)
    client.logout()
    client.force_login(ola)
    session = client.session
    session["account_authentication_methods"] = [{"method": "mfa", "at": time.time()}]
    session["account_authentication_methods_user"] = str(ola.pk)
    session.save()
    place = f"/accounts/2fa/webauthn/keys/{key.pk}"
    client.post(f"{place}/edit/", {"name": "Phone"})
    assert "Phone" in client.get("/accounts/2fa/webauthn/").content.decode()
    client.post(f"{place}/remove/")
    assert "Phone" not in client.get("/accounts/2fa/webauthn/").content.decode()
