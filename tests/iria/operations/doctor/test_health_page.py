"""The page “Site health” of the admin: what `manage.py doctor` finds, for superusers."""

from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from accounts.models import User
from iria.operations.doctor import mail
from iria.operations.doctor.run import Result
from tests.iria.operations.doctor.test_doctor import title_of
from tests.newsletter.mailserver import free_port


@pytest.fixture
def url() -> str:
    return reverse("admin:health")


@pytest.fixture
def superuser(chief: User) -> User:
    chief.is_superuser = True
    chief.save()
    return chief


def results_of(page: Any) -> dict[str, Result]:
    assert page.status_code == 200
    return {result.title: result for result in page.context["results"]}


def test_the_network_is_used_only_on_request(
    superuser: User, url: str, client: Client, settings: Any
) -> None:
    client.force_login(superuser)
    options = {"host": "127.0.0.1", "port": free_port()}
    backend = {"BACKEND": "django.core.mail.backends.smtp.EmailBackend", "OPTIONS": options}
    settings.MAILERS = {"default": backend}
    slow = title_of(mail.servers_answer)
    assert results_of(client.get(url))[slow].skipped
    assert results_of(client.post(url))[slow].findings


def test_the_page_says_what_the_command_prints(
    superuser: User, url: str, client: Client, settings: Any
) -> None:
    settings.ALLOWED_HOSTS = ["testserver", "*"]
    settings.SITE_HOST = "<b>"
    client.force_login(superuser)
    page = client.get(url)
    findings = [each for result in results_of(page).values() for each in result.findings]
    assert findings
    assert "<b>&lt;" not in page.content.decode()
    assert page.content.decode().count("admin-is-") == len(findings)


def test_only_superusers_see_it(chief: User, edna: User, url: str, client: Client) -> None:
    for user in (chief, edna):
        client.force_login(user)
        assert client.get(url).status_code == 403
        assert client.post(url).status_code == 403
        assert url not in client.get(reverse("admin:settings")).content.decode()


def test_the_settings_link_to_it(superuser: User, url: str, client: Client) -> None:
    client.force_login(superuser)
    assert url in client.get(reverse("admin:settings")).content.decode()
