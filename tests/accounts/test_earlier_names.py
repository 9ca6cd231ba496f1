"""Accounts that are older than the keys of names get theirs, and keep them when it is repeated."""

from importlib import import_module
from types import SimpleNamespace

import pytest
from django.apps import apps
from django.db import connection

from accounts.models import AuthorProfile, User
from iria.core.text.confusables import key_of

pytestmark = pytest.mark.django_db

module = import_module("accounts.migrations.0005_keys_of_earlier_names")


def account(email: str, name: str, *, staff: bool = False) -> int:
    """As it was before names had keys."""
    made = User.objects.create_user(email, display_name="", is_staff=staff)
    User.objects.filter(pk=made.pk).update(display_name=name, name_key=None)
    return made.pk


def names() -> dict[int, tuple[str, str | None]]:
    return {
        pk: (name, key)
        for pk, name, key in User.objects.values_list("pk", "display_name", "name_key")
    }


@pytest.mark.parametrize("batch", [1, 2, 1000])
def test_the_newsroom_and_the_first_accounts_keep_their_names(
    batch: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "BATCH", batch)
    AuthorProfile.objects.create(name="Ana Prior", slug="ana-prior")
    first = account("first@readers.example", "Ola Lind")
    second = account("second@readers.example", "0la Lind")
    imitator = account("imitator@readers.example", "Ana Prior")
    reader = account("reader@readers.example", "Edna Okafor")
    edna = account("edna@meridian.example", "Edna Okafor", staff=True)
    editor = SimpleNamespace(connection=connection)
    module.add_keys(apps, editor)
    found = names()
    assert found[first] == ("Ola Lind", key_of("Ola Lind"))
    assert found[edna] == ("Edna Okafor", key_of("Edna Okafor"))
    for pk in (second, imitator, reader):
        assert found[pk][0].endswith(f" (reader {pk})")
        assert found[pk][1] == key_of(found[pk][0])
    module.add_keys(apps, editor)
    assert names() == found
