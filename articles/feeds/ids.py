"""Names of entries that outlive their addresses."""

from datetime import datetime

from django.conf import settings


def tag_id(moment: datetime, what: str) -> str:
    """A tag URI (RFC 4151): it stays the same when the address changes."""
    return f"tag:{settings.SITE_HOST},{moment:%Y-%m-%d}:{what}"
