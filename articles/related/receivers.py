"""Related articles hear from the desk what changed."""

from typing import Any

from articles.editorial import signals
from articles.related import tasks


def refresh_soon(*, article_id: int, **signal: Any) -> None:
    tasks.refresh_soon(article_id)


def register() -> None:
    for signal in (signals.published, signals.changed, signals.unpublished):
        signal.connect(refresh_soon, dispatch_uid="related.refresh_soon")
