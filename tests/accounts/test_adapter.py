"""Redirects after sign-in, and e-mail domains."""

import pytest
from django.test import Client

from accounts.models import User
from tests.conftest import PASSWORD, MailFolder


@pytest.mark.parametrize("url", ["http://[", "//elsewhere.example/", "https://elsewhere.example/"])
def test_a_redirect_to_another_site_is_ignored(client: Client, ola: User, url: str) -> None:
    assert client.get("/accounts/login/", {"next": url}).status_code == 200
    form = {"login": ola.email, "password": PASSWORD, "next": url}
    response = client.post("/accounts/login/", form)
    assert response.status_code == 302
    assert response["Location"].startswith("/accounts/")


@pytest.mark.django_db
def test_a_code_is_sent_to_exactly_the_entered_domain(
    client: Client, mail_folder: MailFolder
) -> None:
    """straße.example and strasse.example are different domains."""
    form = {"display_name": "Ola Lind", "email": "ola@straße.example", "password1": ""}
    client.post("/accounts/signup/", form)
    assert [each["To"] for each in mail_folder.all()] == ["ola@xn--strae-oqa.example"]
