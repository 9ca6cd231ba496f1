"""Where somebody is sent after signing in."""

import pytest
from django.test import Client

from accounts.models import User
from tests.conftest import PASSWORD, MailFolder


@pytest.mark.parametrize(
    "address", ["http://[", "//elsewhere.example/", "https://elsewhere.example/"]
)
def test_an_address_that_is_not_ours_is_passed_over(
    client: Client, ola: User, address: str
) -> None:
    assert client.get("/accounts/login/", {"next": address}).status_code == 200
    sent = {"login": ola.email, "password": PASSWORD, "next": address}
    answer = client.post("/accounts/login/", sent)
    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/")


@pytest.mark.django_db
def test_a_code_goes_to_the_very_domain_that_was_typed(
    client: Client, mail_folder: MailFolder
) -> None:
    """straße.example is not strasse.example, which belongs to somebody else."""
    form = {"display_name": "Ola Lind", "email": "ola@straße.example", "password1": ""}
    client.post("/accounts/signup/", form)
    assert [each["To"] for each in mail_folder.all()] == ["ola@xn--strae-oqa.example"]
