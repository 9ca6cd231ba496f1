"""Signals about images, sent after the commit."""

from django.dispatch import Signal

rights_changed = Signal()
"""Sent with `image_ids` when the credit or licence of these images changed."""
