"""Looks at the start whether what proves a provider's calls can prove anything."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from newsletter.bounces.told import hearing
from newsletter.bounces.told.providers import PROVIDERS


def check_provider(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """What is wrong with `MAIL_PROVIDER` and its key, in words; nothing where no provider is named."""
    if not settings.MAIL_PROVIDER:
        return []
    provider = PROVIDERS[settings.MAIL_PROVIDER]
    wanted = f"Set it to {provider.proof_is} (docs/running-mail.md)."
    if not provider.takes(settings.MAIL_PROVIDER_SECRET):
        sentence = f"{provider.name} is to tell what comes back, and MAIL_PROVIDER_SECRET proves nothing: anybody could call."
        return [Error(sentence, hint=wanted, id="newsletter.E001")]
    try:
        hearing.listener(provider, settings.MAIL_PROVIDER_SECRET)
    except Exception:
        # What it says may repeat the secret.
        sentence = f"MAIL_PROVIDER_SECRET is not what {provider.name} gives, so none of its calls would be believed."
        return [Error(sentence, hint=wanted, id="newsletter.E002")]
    if not settings.SECURE and not settings.DEBUG:
        sentence = f"{provider.name} would call SITE_URL without https, where its proof can be read on the way."
        return [Warning(sentence, hint="Use an address with https.", id="newsletter.W001")]
    return []
