"""Signals about articles, sent after the commit.

They pass `article_id`: a receiver reads the article as it is now.
"""

from django.dispatch import Signal

published = Signal()
"""An article was published, for the first time or again."""

changed = Signal()
"""The text, images or taxonomy of a published article changed."""

unpublished = Signal()
"""An article was unpublished."""

moved = Signal()
"""A published article has a new URL."""

corrected = Signal()
"""A correction was added to an article."""
