"""What Django looks at before it starts: whether the worker's settings fit together."""

from collections.abc import Sequence
from typing import Any

from django.apps import AppConfig
from django.conf import settings
from django.core.checks import CheckMessage, Error


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
