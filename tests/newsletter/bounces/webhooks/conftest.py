"""Fixtures of a site that sends through a provider."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.newsletter.bounces.webhooks.calls import SECRETS


@pytest.fixture
def through(settings: Any) -> Callable[[str], None]:
    """Returns a function that selects the provider."""

    def choose(name: str) -> None:
        settings.MAIL_PROVIDER, settings.MAIL_PROVIDER_SECRET = name, SECRETS[name]

    settings.BOUNCE_DOMAIN = "bounces.example"
    return choose
