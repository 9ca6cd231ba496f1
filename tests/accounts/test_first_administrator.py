"""The account that a command makes can sign in at once, also where no mail goes out yet."""

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.test import Client

from tests.conftest import PASSWORD


@pytest.mark.django_db
def test_the_first_administrator_needs_no_code_by_mail(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    cache.clear()
    monkeypatch.setenv("DJANGO_SUPERUSER_PASSWORD", PASSWORD)
    email = "first@meridian.example"
    call_command("createsuperuser", email=email, interactive=False, verbosity=0)
    answer = client.post("/accounts/login/", {"login": email, "password": PASSWORD})
    assert answer["Location"] == "/accounts/profile/"
