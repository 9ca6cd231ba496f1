"""Links in e-mails use SITE_URL, not the host of the request."""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from allauth.account.adapter import get_adapter
from allauth.core.context import request_context
from django.contrib.auth.models import AnonymousUser
from django.test import Client, RequestFactory
from django.utils import timezone

from accounts.models import User
from tests import newsroom
from tests.conftest import MailFolder
from tests.shared import PROJECT

EVIL = "evil.example"
HOSTILE = {"Host": EVIL, "X-Forwarded-Host": EVIL, "Forwarded": f"host={EVIL}"}
SITE = "https://meridian.example"
LINK = re.compile(r"https?://[^\s\"<>]+")


@pytest.fixture(autouse=True)
def _any_host(settings: Any) -> None:
    settings.ALLOWED_HOSTS, settings.SITE_URL = ["*"], SITE


def prefixes() -> list[str]:
    """The template prefix of every e-mail about accounts."""
    found = []
    for folder in ("account", "mfa"):
        for file in sorted(Path(PROJECT, "templates", folder, "email").glob("*_message.txt")):
            if not file.name.startswith("base_"):
                found.append(f"{folder}/email/{file.name.removesuffix('_message.txt')}")
    return found


def assert_ours(mail_folder: MailFolder) -> int:
    messages = mail_folder.all()
    for message in messages:
        text = message.as_string() + "".join(
            str(part.get_content())
            for part in message.walk()
            if part.get_content_maintype() == "text"
        )
        assert EVIL not in text, message["Subject"]
    return len(messages)


@pytest.mark.django_db
@pytest.mark.parametrize("prefix", prefixes())
def test_emails_about_accounts_do_not_contain_the_host_of_the_request(
    prefix: str, ola: User, mail_folder: MailFolder
) -> None:
    request = RequestFactory().get("/accounts/login/", headers=HOSTILE)
    request.user = AnonymousUser()
    evil = f"https://{EVIL}/"
    context = {
        **dict.fromkeys(["password_reset_url", "signup_url", "activate_url", "url"], evil),
        "user": ola,
        "email": ola.email,
        "code": "ABCD",
        "key": "k",
        "browser": "a browser",
        "timestamp": timezone.now(),
    }
    with request_context(request):
        get_adapter(request).send_mail(prefix, ola.email, context)
    assert assert_ours(mail_folder) == 1


@pytest.mark.django_db
def test_sign_in_and_sign_up_with_a_hostile_host_send_our_links(
    ola: User, mail_folder: MailFolder
) -> None:
    client = Client(headers=HOSTILE)
    known, unknown = {"email": ola.email}, {"email": "nobody@readers.example"}
    for path in ("login/code/", "password/reset/"):
        for form in (known, unknown):
            client.post(f"/accounts/{path}", form)
    new = {"password1": "a-long-password-of-the-cast", "display_name": "Teo Brandt"}
    for form in (known, unknown):
        client.post("/accounts/signup/", form | new)
    assert assert_ours(mail_folder) >= 4
    (reset_email,) = [
        mail for mail in mail_folder.to(ola.email) if "/password/reset/" in str(mail.get_content())
    ][:1]
    assert f"{SITE}/accounts/password/reset/" in str(reset_email.get_content())


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_subscribing_and_following_with_a_hostile_host_send_our_links(
    mail_folder: MailFolder, jobs: Callable[[], None], edna: User
) -> None:
    article = newsroom.published(by=edna)
    client = Client(headers=HOSTILE)
    client.post("/newsletter/", {"email": "ola@readers.example", "website": ""})
    client.post(
        f"/comments/follow/?article={article.pk}",
        {"email": "teo@readers.example", "frequency": "at_once"},
    )
    jobs()
    assert assert_ours(mail_folder) >= 2
    links = [
        link
        for mail in mail_folder.all()
        for part in mail.walk()
        if part.get_content_type() == "text/plain"
        for link in LINK.findall(str(part.get_content()))
    ]
    assert links
    assert all(link.startswith(SITE) for link in links)


def test_no_link_is_made_of_the_host_of_the_request() -> None:
    pattern = re.compile(r"build_absolute_uri|get_host\(\)|get_current_site|HTTP_HOST")
    found = {
        file.relative_to(PROJECT).as_posix()
        for app in ("accounts", "articles", "iria", "newsletter")
        for file in Path(PROJECT, app).rglob("*.py")
        if pattern.search(file.read_text("utf-8"))
    }
    # They compare the origin, the host (an unknown one is refused) and the referrer.
    assert found == {
        "iria/core/http/private_paths.py",
        "iria/core/http/page_files.py",
        "iria/core/http/page_store.py",
        "newsletter/views.py",
    }
