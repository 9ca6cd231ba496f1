"""The cast: Edna edits, Rui reports, Mina moderates, Ola reads."""

from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.core.management import call_command

from accounts.models import User
from accounts.roles import EDITOR, MODERATOR, REPORTER

PASSWORD = "a-long-password-of-the-cast"


@pytest.fixture(autouse=True)
def _media_in_a_folder_of_its_own(tmp_path: Path, settings: Any) -> None:
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.MAIL_FOLDER = tmp_path / "mail"


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    with django_db_blocker.unblock():
        call_command("createcachetable", verbosity=0)


def _member(email: str, name: str, group: str | None) -> User:
    user = User.objects.create_user(email, PASSWORD, display_name=name, is_staff=group is not None)
    if group is not None:
        user.groups.add(Group.objects.get(name=group))
    return user


@pytest.fixture
def edna(db: None) -> User:
    """Edna edits."""
    return _member("edna@meridian.example", "Edna Okafor", EDITOR)


@pytest.fixture
def rui(db: None) -> User:
    """Rui reports."""
    return _member("rui@meridian.example", "Rui Tavares", REPORTER)


@pytest.fixture
def mina(db: None) -> User:
    """Mina moderates."""
    return _member("mina@meridian.example", "Mina Sato", MODERATOR)


@pytest.fixture
def ola(db: None) -> User:
    """Ola reads."""
    return _member("ola@readers.example", "Ola Lind", None)
