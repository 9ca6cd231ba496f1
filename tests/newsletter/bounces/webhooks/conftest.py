"""Fixtures of a site that sends through a provider."""

from collections.abc import Callable
from typing import Any

import pytest

from tests.newsletter.bounces.webhooks.payloads import SECRETS


@pytest.fixture
def use_provider(settings: Any) -> Callable[[str], None]:
    """Returns a function that selects the provider."""

    def use(name: str) -> None:
        settings.MAIL_PROVIDER, settings.MAIL_PROVIDER_SECRET = name, SECRETS[name]

    settings.BOUNCE_DOMAIN = "bounces.example"
    return use
