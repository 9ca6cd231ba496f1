"""What Django looks at before it starts: whether the worker's settings fit together.

Looks at the start whether what proves a provider's calls can prove anything.
"""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from newsletter.bounces.webhooks import verification
from newsletter.bounces.webhooks.providers import PROVIDERS


def check_connections(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> list[CheckMessage]:
    """Each connection to the mail server needs one to the database, out of a pool that other jobs share."""
    jobs: Any = settings.PROCRASTINATE_WORKER_DEFAULTS["concurrency"]
    most = settings.DATABASE_POOL_SIZE - (jobs - 1)
    if 1 <= settings.NEWSLETTER_CONNECTIONS <= most:
        return []
    message = (
        f"NEWSLETTER_CONNECTIONS is {settings.NEWSLETTER_CONNECTIONS}. It can be from 1 to {most}: the "
        f"worker's pool has {settings.DATABASE_POOL_SIZE} connections to the database, and its other "
        "job needs one."
    )
    return [Error(message, id="newsletter.E003")]


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
        verification.listener(provider, settings.MAIL_PROVIDER_SECRET)
    except Exception:
        # What it says may repeat the secret.
        sentence = f"MAIL_PROVIDER_SECRET is not what {provider.name} gives, so none of its calls would be believed."
        return [Error(sentence, hint=wanted, id="newsletter.E002")]
    if not settings.SECURE and not settings.DEBUG:
        sentence = f"{provider.name} would call SITE_URL without https, where its proof can be read on the way."
        return [Warning(sentence, hint="Use an address with https.", id="newsletter.W001")]
    return []
