"""Signals about articles, sent after the commit.

They pass `article_id`, or `imported` `article_ids`: a receiver reads the article as it is now.
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

imported = Signal()
"""Many articles were published or changed by an import; the receivers work in jobs."""

corrected = Signal()
"""A correction was added to an article."""
