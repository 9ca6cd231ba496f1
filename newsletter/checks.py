"""System checks: connections of the worker, and the provider's webhook secret."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error, Warning

from newsletter.bounces import webhooks
from newsletter.bounces.providers import PROVIDERS


def check_connections(
    app_configs: Sequence[AppConfig] | None, **options: Any
) -> list[CheckMessage]:
    """Each SMTP connection needs a database connection from the pool that other jobs share."""
    jobs: Any = settings.PROCRASTINATE_WORKER_DEFAULTS["concurrency"]
    max_connections = settings.DATABASE_POOL_SIZE - (jobs - 1)
    if 1 <= settings.NEWSLETTER_CONNECTIONS <= max_connections:
        return []
    message = f"NEWSLETTER_CONNECTIONS is {settings.NEWSLETTER_CONNECTIONS}. It must be between 1 and {max_connections}: the worker's pool has {settings.DATABASE_POOL_SIZE} database connections, and its other job needs one."
    return [Error(message, id="newsletter.E003")]


def check_provider(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Reports a wrong `MAIL_PROVIDER` or secret; nothing if no provider is configured."""
    if not settings.MAIL_PROVIDER:
        return []
    provider = PROVIDERS[settings.MAIL_PROVIDER]
    hint = f"Set it to {provider.proof_label} (docs/running-mail.md)."
    if not provider.accepts(settings.MAIL_PROVIDER_SECRET):
        message = f"MAIL_PROVIDER is {provider.name}, but MAIL_PROVIDER_SECRET is missing or too short, so anyone could call the webhook."
        return [Error(message, hint=hint, id="newsletter.E001")]
    try:
        webhooks.anymail_view(provider, settings.MAIL_PROVIDER_SECRET)
    except Exception:
        # The message may contain the secret.
        message = f"MAIL_PROVIDER_SECRET is not a valid secret of {provider.name}, so none of its webhook calls would be accepted."
        return [Error(message, hint=hint, id="newsletter.E002")]
    if not settings.SECURE and not settings.DEBUG:
        message = f"{provider.name} would call SITE_URL without https, so its secret could be intercepted."
        return [Warning(message, hint="Use an https URL.", id="newsletter.W001")]
    return []
