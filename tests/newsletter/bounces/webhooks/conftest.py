"""A publication whose mail a provider sends."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.newsletter.bounces.webhooks.calls import SECRETS


@pytest.fixture
def through(settings: Any) -> Callable[[str], None]:
    """Says which provider sends the mail."""

    def choose(name: str) -> None:
        settings.MAIL_PROVIDER, settings.MAIL_PROVIDER_SECRET = name, SECRETS[name]

    settings.BOUNCE_DOMAIN = "bounces.example"
    return choose
