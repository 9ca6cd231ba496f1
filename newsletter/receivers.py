"""Pauses sending when an article is unpublished."""

from typing import Any

from articles.editorial import signals
from newsletter.delivery import controls


def pause_issues_with_article(*, article_id: int, **signal: Any) -> None:
    """An article can be read no more: what is being sent with it pauses, and asks."""
    controls.pause_issues_with(article_id)


def register() -> None:
    """Called once, when Django starts."""
    signals.unpublished.connect(pause_issues_with_article, dispatch_uid="newsletter.hold")
