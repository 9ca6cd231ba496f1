"""What happens to pictures, told after the commit that made it true."""

from django.dispatch import Signal

rights_changed = Signal()
"""Sent with `image_ids`: what readers, search and the files themselves say of these pictures'
rights is no longer right."""
