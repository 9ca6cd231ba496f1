"""Related articles hear from the desk what changed."""

from typing import Any

from articles.editorial import signals
from articles.related import tasks


def enqueue_refresh_on_change(*, article_id: int, **signal: Any) -> None:
    tasks.enqueue_refresh(article_id)


def register() -> None:
    for signal in (signals.published, signals.changed, signals.unpublished):
        signal.connect(enqueue_refresh_on_change, dispatch_uid="related.refresh_soon")
