"""News from the desk, sent after the transaction that made it true.

`article_id` is what is passed: a receiver reads the article as it is, not as it was.
"""

from django.dispatch import Signal

published = Signal()
"""An article can be read now, for the first time or again."""

changed = Signal()
"""The words, pictures or marks of a published article changed."""

withdrawn = Signal()
"""An article can be read no more."""

moved = Signal()
"""A published article has a new address."""

corrected = Signal()
"""A correction was added to an article."""
