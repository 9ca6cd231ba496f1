"""What the tests of the newsletter share."""

from collections.abc import Iterator
from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from accounts.roles import ADMINISTRATOR
from tests.conftest import PASSWORD
from tests.newsletter.mailserver import MailServer, running_mail_server


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    with running_mail_server(settings) as server:
        yield server


@pytest.fixture
def ednas(client: Client, edna: User) -> Client:
    """Edna's browser."""
    client.force_login(edna)
    return client


@pytest.fixture
def ada(db: None) -> User:
    """Ada administers."""
    user = User.objects.create_user("ada@meridian.example", PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=ADMINISTRATOR))
    return user
