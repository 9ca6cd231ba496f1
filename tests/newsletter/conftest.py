"""Fixtures of the newsletter tests."""

from collections.abc import Iterator
from typing import Any

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import rsa
from django.contrib.auth.models import Group
from django.test import Client

from accounts.models import User
from accounts.role_names import ADMINISTRATOR
from tests.conftest import PASSWORD
from tests.newsletter.mailserver import MailServer, running_mail_server
from tests.queued_jobs import Queued


@pytest.fixture
def without_jobs(queued: Queued) -> None:
    """Enqueues no jobs; the tests call what the worker would run."""


@pytest.fixture
def mail_server(settings: Any) -> Iterator[MailServer]:
    with running_mail_server(settings) as server:
        yield server


@pytest.fixture
def editor_client(client: Client, edna: User) -> Client:
    """A client signed in as Edna, an editor."""
    client.force_login(edna)
    return client


@pytest.fixture
def ada(db: None) -> User:
    """Ada, an administrator."""
    user = User.objects.create_user("ada@meridian.example", PASSWORD, is_staff=True)
    user.groups.add(Group.objects.get(name=ADMINISTRATOR))
    return user


@pytest.fixture(scope="session")
def key_pair() -> tuple[str, bytes]:
    """A private key in PEM format and its public key as in DNS."""
    private = rsa.generate_private_key(public_exponent=65537, key_size=2048)
    pem = private.private_bytes(
        serialization.Encoding.PEM,
        serialization.PrivateFormat.TraditionalOpenSSL,
        serialization.NoEncryption(),
    )
    public = private.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    lines = public.decode().splitlines()[1:-1]
    return pem.decode(), f"v=DKIM1; k=rsa; p={''.join(lines)}".encode()


@pytest.fixture
def signing(settings: Any, key_pair: tuple[str, bytes]) -> bytes:
    """Enables DKIM signing; returns the DNS record."""
    settings.DKIM_DOMAIN, settings.DKIM_SELECTOR = "meridian.example", "news"
    settings.DKIM_KEY = key_pair[0]
    return key_pair[1]
