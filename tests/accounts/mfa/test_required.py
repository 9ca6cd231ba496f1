"""Whoever works at the desk proves twice who they are."""

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

from accounts import email_addresses
from accounts.mfa import required
from accounts.mfa.forms import TwoFactorForm
from accounts.models import User
from tests.accounts.emails import mfa_subject_of
from tests.accounts.keys import passkey_of
from tests.conftest import PASSWORD, MailFolder
from tests.shared import shared_data

SECRET = "JBSWY3DPEHPK3PXPJBSWY3DPEHPK3PXP"
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def _asked_of_staff(db: None, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True
    cache.clear()


def code_of(secret: str = SECRET, *, steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def with_app(user: User) -> User:
    email_addresses.mark_confirmed(user)
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    return user


def signs_in(client: Client, user: User, wanted: str = "/admin/") -> Any:
    email_addresses.mark_confirmed(user)
    form = {"login": user.email, "password": PASSWORD, "next": wanted}
    return client.post(LOGIN, form, follow=True)


def desk_addresses() -> Iterator[str]:
    """An address of every route of the desk, some number or word in the place of each part."""

    def below(patterns: Any, before: str) -> Iterator[str]:
        for each in patterns:
            route = before + str(each.pattern)
            if isinstance(each, URLResolver):
                yield from below(each.url_patterns, route)
            elif isinstance(each, URLPattern):
                yield route

    [desk] = [
        each
        for each in get_resolver().url_patterns
        if isinstance(each, URLResolver) and str(each.pattern) == "admin/"
    ]
    for route in below(desk.url_patterns, "/admin/"):
        path = route.replace("^", "").replace("$", "")
        for part in ("<path:object_id>", "<int:pk>", "<id>", "<str:object_id>"):
            path = path.replace(part, "1")
        yield "/admin/none/" if "(" in path or "<" in path else path


def test_no_address_of_the_admin_opens_without_one(client: Client, chief: User) -> None:
    client.force_login(chief)
    tried = set(desk_addresses()) - set(required.EXEMPT_PATHS)
    assert len(tried) > 100
    for path in sorted(tried):
        answer = client.get(path)
        assert answer.status_code == 302, path
        assert answer["Location"] == "/accounts/second-factor/", path
        assert client.post(path, {"word": "some words"}).status_code == 403, path


def test_the_site_itself_denies_it_too(client: Client, chief: User) -> None:
    client.force_login(chief)
    request = client.get("/accounts/profile/").wsgi_request
    assert not admin.site.has_permission(request)


def test_the_desks_own_door_is_the_common_one(client: Client, chief: User) -> None:
    answer = client.get("/admin/login/?next=/admin/articles/article/")
    assert answer["Location"] == f"{LOGIN}?next=%2Fadmin%2Farticles%2Farticle%2F"
    client.post("/admin/login/", {"username": chief.email, "password": PASSWORD})
    assert "_auth_user_id" not in client.session


def test_a_reader_is_not_sent_round_in_a_circle(client: Client, ola: User) -> None:
    client.force_login(ola)
    answer = client.get("/admin/", follow=True)
    assert answer.status_code == 403


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_the_first_sign_in_leads_to_an_app_and_on_to_where_one_wanted(
    client: Client, edna: User, mail_folder: MailFolder
) -> None:
    page = signs_in(client, edna, "/admin/articles/article/")
    assertTemplateUsed(page, "account/two_factor_required.html")
    page = client.get("/accounts/2fa/totp/activate/")
    assert page.status_code == 200, "asked for the password again"
    secret = client.session["mfa.totp.secret"]
    page = client.post("/accounts/2fa/totp/activate/", {"code": code_of(secret)}, follow=True)
    words = page.content.decode()
    assertTemplateUsed(page, "mfa/recovery_codes/index.html")
    assert 'href="/admin/articles/article/"' in words
    assert client.get("/admin/articles/article/").status_code == 200
    subject = mail_folder.to(edna.email)[-1]["Subject"]
    assert subject.startswith(mfa_subject_of("totp_activated"))


def test_a_wrong_code_connects_nothing_and_keeps_the_secret(client: Client, edna: User) -> None:
    signs_in(client, edna)
    client.get("/accounts/2fa/totp/activate/")
    secret = client.session["mfa.totp.secret"]
    page = client.post("/accounts/2fa/totp/activate/", {"code": "000000"})
    assert "Incorrect code." in page.content.decode()
    assert client.session["mfa.totp.secret"] == secret
    assert not required.has_two_factor(edna)


def test_signing_in_asks_for_the_code_and_takes_it_once(client: Client, edna: User) -> None:
    with_app(edna)
    page = signs_in(client, edna, "/admin/articles/article/")
    assertTemplateUsed(page, "mfa/authenticate.html")
    assert client.get("/admin/").status_code == 302
    code = code_of()
    page = client.post("/accounts/2fa/authenticate/", {"code": code}, follow=True)
    assert page.redirect_chain[-1][0] == "/admin/articles/article/"
    assert page.status_code == 200
    another = Client()
    signs_in(another, edna)
    page = another.post("/accounts/2fa/authenticate/", {"code": code})
    assert "Incorrect code." in page.content.decode()
    assert "_auth_user_id" not in another.session


def test_a_code_is_not_good_again_while_it_still_counts(client: Client, edna: User) -> None:
    """A step later it would be: allauth has forgotten it by then."""
    with_app(edna)
    code = code_of(steps=1)
    signs_in(client, edna)
    assert client.post("/accounts/2fa/authenticate/", {"code": code}).status_code == 302
    cache.delete(f"allauth.mfa.totp.used?user={edna.pk}&code={code}")
    another = Client()
    signs_in(another, edna)
    for typed in (code, f"{code[:3]} {code[3:]}"):
        page = another.post("/accounts/2fa/authenticate/", {"code": typed})
        cache.delete(f"allauth.mfa.totp.used?user={edna.pk}&code={code}")
        assert "Incorrect code." in page.content.decode()


def test_a_recovery_code_opens_once(client: Client, edna: User) -> None:
    with_app(edna)
    codes = RecoveryCodes(Authenticator.objects.get(user=edna, type="recovery_codes"))
    code = codes.get_unused_codes()[0]
    signs_in(client, edna)
    page = client.post("/accounts/2fa/authenticate/", {"code": code}, follow=True)
    assert page.status_code == 200
    assert "_auth_user_id" in client.session
    assert client.get("/admin/").status_code == 200
    another = Client()
    signs_in(another, edna)
    page = another.post("/accounts/2fa/authenticate/", {"code": code})
    assert "Incorrect code." in page.content.decode()


def test_an_open_session_shows_it_once_more_when_it_was_set_up_elsewhere(
    client: Client, edna: User
) -> None:
    signs_in(client, edna)
    with_app(edna)
    answer = client.get("/admin/articles/article/")
    assert (
        answer["Location"] == "/accounts/2fa/reauthenticate/?next=%2Fadmin%2Farticles%2Farticle%2F"
    )
    page = client.post(answer["Location"], {"code": code_of()}, follow=True)
    assert page.redirect_chain[-1][0] == "/admin/articles/article/"
    assert page.status_code == 200


def test_somebody_who_loses_the_two_factor_loses_the_admin_in_the_open_session_too(
    client: Client, edna: User
) -> None:
    with_app(edna)
    signs_in(client, edna)
    client.post("/accounts/2fa/authenticate/", {"code": code_of()})
    assert client.get("/admin/").status_code == 200
    Authenticator.objects.filter(user=edna, type="totp").delete()
    assert client.get("/admin/")["Location"] == "/accounts/second-factor/"


def test_words_written_meanwhile_are_given_back(client: Client, edna: User) -> None:
    client.force_login(edna)
    answer = client.post("/admin/articles/article/add/", {"headline": "Ferries after dark"})
    assert answer.status_code == 403
    assert "Ferries after dark" in answer.content.decode()


def test_an_administrator_takes_lost_ones_away_and_ends_the_sessions(
    client: Client, chief: User, edna: User, settings: Any
) -> None:
    with_app(edna)
    signs_in(client, edna)
    client.post("/accounts/2fa/authenticate/", {"code": code_of()})
    settings.STAFF_SECOND_FACTOR = False
    desk = Client()
    desk.force_login(chief)
    chosen = {"action": "reset_two_factor", "_selected_action": [edna.pk]}
    page = desk.post("/admin/accounts/user/", chosen, follow=True)
    assert "Edna Okafor" in page.content.decode()
    assert not Authenticator.objects.filter(user=edna).exists()
    assert not edna.sessions.exists()


def test_secrets_are_sealed_in_the_database_and_open_nothing_under_another_key(
    client: Client, edna: User, settings: Any
) -> None:
    with_app(edna)
    row = Authenticator.objects.get(user=edna, type="totp")
    assert SECRET not in json.dumps(row.data)
    former, settings.SECRET_KEY = settings.SECRET_KEY, "another"
    assert not row.wrap().validate_code(code_of())
    settings.SECRET_KEY_FALLBACKS = [former]
    assert row.wrap().validate_code(code_of())


def test_a_clock_set_back_counts_as_no_proof(
    client: Client, ola: User, monkeypatch: pytest.MonkeyPatch
) -> None:
    signs_in(client, ola, "/accounts/profile/")
    assert client.get("/accounts/data/").status_code == 200
    now = time.time()
    monkeypatch.setattr("accounts.mfa.required.time", lambda: now - 24 * 3600)
    answer = client.get("/accounts/data/")
    assert answer.status_code == 302
    assert "reauthenticate" in answer["Location"]


@pytest.mark.parametrize(
    "sent",
    [
        "", "5", "[]", "{}", "null", '"x"', '{"id": 5}', '{"response": []}',
        '{"id": "x", "rawId": "x", "type": "public-key", "response": {"clientDataJSON": "x"}}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": "AA"}}',
        '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": null}}',
    ],
)  # fmt: skip
def test_no_credential_brings_a_form_down(client: Client, ola: User, sent: str) -> None:
    stranger = Client()
    stranger.get("/accounts/2fa/webauthn/login/", headers={"Accept": "application/json"})
    answer = stranger.post("/accounts/2fa/webauthn/login/", {"credential": sent}, follow=True)
    assert answer.status_code == 200
    signs_in(client, ola)
    client.get("/accounts/2fa/webauthn/add/")
    answer = client.post("/accounts/2fa/webauthn/add/", {"credential": sent})
    assert answer.status_code == 200
    assert not Authenticator.objects.exists()


def test_no_string_brings_the_second_step_down(client: Client, ola: User, settings: Any) -> None:
    settings.ACCOUNT_RATE_LIMITS = False
    with_app(ola)
    signs_in(client, ola)
    strange = json.loads(shared_data("naughty", "blns.json").read_text())
    for string in [*strange[::4], "٣٤٥٦٧٨", "1" * 10_000, "\x00"]:
        assert client.post("/accounts/2fa/authenticate/", {"code": string}).status_code == 200
    assert "_auth_user_id" not in client.session


def test_who_has_a_passkey_alone_is_asked_for_it(client: Client, edna: User) -> None:
    passkey_of(edna)
    page = signs_in(client, edna)
    assertTemplateUsed(page, "mfa/authenticate.html")
    assert "passkey-options" in page.content.decode()
    another = Client()
    another.force_login(edna)
    page = another.get("/admin/", follow=True)
    assert page.redirect_chain[-1][0].startswith("/accounts/2fa/webauthn/reauthenticate/")


def fields_of(answer: Any) -> set[str]:
    """The names of the fields on a page that somebody can see and type in."""
    tags = re.findall(r"<input\b[^>]*>", answer.content.decode())
    seen = [tag for tag in tags if 'type="hidden"' not in tag]
    return {name for tag in seen for name in re.findall(r'name="([^"]+)"', tag)}


def test_with_a_passkey_alone_no_page_asks_for_a_code(client: Client, edna: User) -> None:
    passkey_of(edna)
    page = signs_in(client, edna)
    assert page.templates[0].name == "mfa/authenticate.html"
    assert "code" not in fields_of(page)


@pytest.mark.parametrize("way", ["signing in", "once more"])
def test_with_a_passkey_and_recovery_codes_the_passkey_comes_first(
    client: Client, edna: User, way: str
) -> None:
    """An app has nothing to do with it; a recovery code remains a way in for a lost passkey."""
    passkey_of(edna)
    codes = RecoveryCodes.activate(edna).generate_codes()
    if way == "signing in":
        page = signs_in(client, edna)
        form = page.context["form"]
        assert not form.has_app
        words = page.content.decode()
        assert words.index("data-passkey") < words.index('name="code"')
        assert form.fields["code"].label != TwoFactorForm.base_fields["code"].label
        done = client.post("/accounts/2fa/authenticate/", {"code": codes[0]}, follow=True)
        assert done.redirect_chain[-1][0] == "/admin/"
    else:
        client.force_login(edna)
        page = client.get("/admin/", follow=True)
        assert page.redirect_chain[-1][0].startswith("/accounts/2fa/webauthn/reauthenticate/")
        assert "code" not in fields_of(page)
        ways = page.context["reauthentication_alternatives"]
        [other] = [each["url"] for each in ways if "/2fa/" in each["url"]]
        asked = client.get(other)
        assert not asked.context["form"].has_app
        done = client.post(other, {"code": codes[0], "next": "/admin/"}, follow=True)
        assert done.redirect_chain[-1][0] == "/admin/"


def test_with_an_app_the_second_step_asks_for_its_code(client: Client, edna: User) -> None:
    with_app(edna)
    passkey_of(edna)
    page = signs_in(client, edna)
    assert page.context["form"].has_app
    assert "code" in fields_of(page)


def test_a_passkey_is_offered_as_second_step_only_to_who_has_one(client: Client, ola: User) -> None:
    with_app(ola)
    page = signs_in(client, ola)
    assertTemplateUsed(page, "mfa/authenticate.html")
    assert "passkey-options" not in page.content.decode()


def test_passkeys_are_listed_renamed_and_removed(client: Client, ola: User) -> None:
    key = passkey_of(ola)
    signs_in(client, ola)
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
