"""Passkeys, authenticator apps, sessions and account deletion, with a virtual authenticator."""

import io
import json
import time
import zipfile
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value
from django.core.cache import cache
from playwright.sync_api import Page, expect

from accounts import email_addresses
from accounts.models import User
from articles.comments.models import Comment
from tests import commenting, moderation, newsroom
from tests.browser.checkers import accessibility_complaints
from tests.browser.conftest import DESKTOP, PHONE, OpenPage
from tests.conftest import PASSWORD, MailFolder

pytestmark = pytest.mark.browser

ADMIN = "/admin/articles/article/"


@pytest.fixture(autouse=True)
def _staff_needs_second_factor(site: str, settings: Any) -> None:
    settings.STAFF_SECOND_FACTOR = True
    cache.clear()


def authenticator(page: Page) -> Callable[[str, Any], Any]:
    """Adds a virtual authenticator with user verification to the browser."""
    devtools = page.context.new_cdp_session(page)
    devtools.send("WebAuthn.enable")
    kind = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    authenticator = devtools.send("WebAuthn.addVirtualAuthenticator", {"options": kind})

    def ask(action: str, more: Any) -> Any:
        return devtools.send(f"WebAuthn.{action}", {**authenticator, **more})

    return ask


def sign_in(page: Page, user: User) -> None:
    page.fill("input[name=login]", user.email)
    page.fill("input[name=password]", PASSWORD)
    page.click("main form button:text-is('Sign in')")


def code_of(secret: str, *, steps: int = 0) -> str:
    return str(format_hotp_value(hotp_value(secret, int(time.time()) // 30 + steps)))


def test_a_passkey_created_at_the_first_sign_in_opens_the_admin(
    open_page: OpenPage, edna: User, mail_folder: MailFolder
) -> None:
    email_addresses.mark_confirmed(edna)
    page = open_page(ADMIN, own=True)
    ask = authenticator(page)
    sign_in(page, edna)
    expect(page.locator("h1")).to_have_text("Set up two-factor authentication")
    assert accessibility_complaints(page) == []
    page.click("text=Add passkey")
    page.fill("input[name=name]", "Edna’s laptop")
    page.click("main form button")
    expect(page.locator("h1")).to_have_text("Recovery codes")
    assert page.locator(".recovery-codes li").count() == 10
    page.click("text=Continue to the admin")
    page.wait_for_url(f"**{ADMIN}")
    expect(page.locator("#changelist")).to_be_visible()
    [credential] = ask("getCredentials", {})["credentials"]
    assert credential["isResidentCredential"]

    page.context.clear_cookies()
    page.goto(ADMIN)
    page.click("text=Sign in with a passkey")
    page.wait_for_url(f"**{ADMIN}")
    assert mail_folder.to(edna.email)

    # If the user cancels, nothing is opened and the page shows an error.
    page.context.clear_cookies()
    ask("setUserVerified", {"isUserVerified": False})
    page.goto(ADMIN)
    page.click("text=Sign in with a passkey")
    expect(page.locator("[data-refused]")).to_be_visible()
    assert page.url.partition("?")[0].endswith("/accounts/login/")


@pytest.mark.parametrize("size", [PHONE, DESKTOP], ids=["phone", "desktop"])
def test_a_new_account_creates_a_passkey_and_uses_it_as_second_factor(
    open_page: OpenPage, mail_folder: MailFolder, size: dict[str, int]
) -> None:
    page = open_page("/accounts/signup/", size=size, own=True)
    authenticator(page)
    page.fill("input[name=display_name]", "Nia Falk")
    page.fill("input[name=email]", "nia@readers.example")
    page.fill("input[name=password1]", PASSWORD)
    page.locator("main form").get_by_role("button").first.click()
    page.locator("input[name=code]").wait_for()
    code = str(mail_folder.to("nia@readers.example")[-1].get_content()).splitlines()[0]
    page.fill("input[name=code]", code)
    page.locator("main form:has(input[name=code])").get_by_role("button").first.click()
    page.wait_for_url("**/accounts/profile/")

    page.goto("/accounts/2fa/webauthn/add/")
    page.fill("input[name=name]", "Nia’s phone")
    page.locator("form[data-passkey] button").click()
    page.wait_for_url("**/accounts/2fa/recovery-codes/**")

    page.context.clear_cookies()
    page.goto("/accounts/login/")
    sign_in(page, User.objects.get(email="nia@readers.example"))
    page.wait_for_url("**/accounts/2fa/authenticate/")
    expect(page.locator("form[data-passkey] button")).to_be_visible()
    expect(page.locator("input[name=code]")).to_be_hidden()
    assert accessibility_complaints(page) == []
    page.locator("form[data-passkey] button").click()
    page.wait_for_url("**/accounts/profile/")


def test_an_account_is_created_and_used_without_javascript(
    open_page: OpenPage, mail_folder: MailFolder
) -> None:
    def latest_code() -> str:
        return str(mail_folder.to("nia@readers.example")[-1].get_content()).splitlines()[0]

    page = open_page("/", scripts=False, size=PHONE)
    page.locator(".sections-menu > summary").click()
    page.locator(".menu-panel a[href='/accounts/login/']").click()
    page.locator("main a[href^='/accounts/signup/']").click()
    page.fill("input[name=display_name]", "Nia Falk")
    page.fill("input[name=email]", "nia@readers.example")
    page.locator("main form").get_by_role("button").first.click()
    page.fill("input[name=code]", latest_code())
    page.locator("main form:has(input[name=code])").get_by_role("button").first.click()
    page.wait_for_url("**/accounts/profile/")
    page.locator("form[action='/accounts/logout/'] button").click()
    page.goto("/accounts/profile/")
    page.locator("main a[href^='/accounts/login/code/']").click()
    page.fill("input[name=email]", "nia@readers.example")
    page.locator("main form").get_by_role("button").first.click()
    page.fill("input[name=code]", latest_code())
    page.locator("main form:has(input[name=code])").get_by_role("button").first.click()
    page.wait_for_url("**/accounts/profile/")


def test_an_authenticator_app_and_a_recovery_code_work_without_javascript(
    open_page: OpenPage, edna: User
) -> None:
    email_addresses.mark_confirmed(edna)
    page = open_page(ADMIN, scripts=False, size=PHONE)
    sign_in(page, edna)
    page.click("text=Add authenticator app")
    assert page.locator("svg.drawn-code").bounding_box()["width"] > 150  # type: ignore[index]
    secret = page.inner_text("code.secret")
    page.fill("input[name=code]", code_of(secret))
    page.click("main form button")
    codes = page.locator(".recovery-codes li").all_inner_texts()
    page.click("text=Continue to the admin")
    assert page.url.endswith(ADMIN)

    for code, opens in ((code_of(secret, steps=1), True), (codes[3], True), (codes[3], False)):
        page.context.clear_cookies()
        page.goto(ADMIN)
        sign_in(page, edna)
        assert page.inner_text("h1") == "Two-factor authentication"
        page.fill("input[name=code]", code)
        page.click("main form button:text-is('Sign in')")
        assert page.url.endswith(ADMIN) == opens
    assert "Incorrect code." in page.inner_text("main")


def test_five_wrong_passwords_lock_out_the_attacker_but_not_the_owner(
    open_page: OpenPage, ola: User
) -> None:
    email_addresses.mark_confirmed(ola)
    owner = open_page("/accounts/login/")
    sign_in(owner, ola)
    owner.click("text=Sign out >> nth=-1")
    stranger = open_page("/accounts/login/")
    for _ in range(6):
        stranger.fill("input[name=login]", ola.email)
        stranger.fill("input[name=password]", "a guess")
        stranger.click("main form button:text-is('Sign in')")
    assert "Too many failed login attempts" in stranger.inner_text("main")
    owner.goto("/accounts/login/")
    sign_in(owner, ola)
    expect(owner.locator("h1")).to_have_text("Your profile")


def test_a_session_is_ended_from_another_browser(open_page: OpenPage, ola: User) -> None:
    email_addresses.mark_confirmed(ola)
    here, there = (open_page("/accounts/login/", scripts=False) for _ in range(2))
    sign_in(here, ola)
    sign_in(there, ola)
    here.click("text=Manage sessions")
    assert here.locator(".account-rows li").count() == 2
    here.click(".account-rows button")
    expect(here.locator(".account-rows li")).to_have_count(1)
    there.goto("/accounts/profile/")
    assert there.inner_text("h1") == "Sign in"
    here.goto("/accounts/profile/")
    assert here.inner_text("h1") == "Your profile"


def test_an_account_exports_its_data_and_is_deleted(
    open_page: OpenPage, ola: User, mina: User, mail_folder: MailFolder
) -> None:
    email_addresses.mark_confirmed(ola)
    article = newsroom.published("Ferries at the strait")
    comment = commenting.post(article, text="I was on that ferry.", by=ola)
    moderation.approve(comment, by=mina)
    page = open_page("/accounts/login/")
    sign_in(page, ola)
    with page.expect_download() as download:
        page.click("text=Download your data")
    assert download.value.suggested_filename == "your-data.zip"
    with zipfile.ZipFile(io.BytesIO(download.value.path().read_bytes())) as files:
        comments = json.loads(files.read("comments.json"))
        account = json.loads(files.read("account.json"))
    assert comments["comments"][0]["text"] == "I was on that ferry."
    assert account["e-mail address"] == ola.email

    page.click("text=Delete account")
    page.click("main form button.button-danger")
    page.check("text=keep them without my name")
    page.check("text=Delete my account permanently")
    page.click("main form button.button-danger")
    expect(page.locator("h1")).to_have_text("Account deleted")
    assert not User.objects.filter(email="ola@readers.example").exists()
    page.goto(article.get_absolute_url())
    thread = page.inner_text("#comments")
    assert "I was on that ferry." in thread
    assert "Ola Lind" not in thread
    assert Comment.objects.get().user is None
    assert "deleted" in mail_folder.to("ola@readers.example")[-1]["Subject"]
