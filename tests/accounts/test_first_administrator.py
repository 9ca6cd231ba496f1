"""`createsuperuser` creates an account that can sign in without e-mail."""

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from tests.conftest import PASSWORD


@pytest.mark.django_db
def test_the_first_administrator_needs_no_code_by_email(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    email = "first@meridian.example"
    call_command("createsuperuser", email=email, interactive=False, verbosity=0)
    response = client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    assert response["Location"] == "/accounts/profile/"
