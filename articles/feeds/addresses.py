"""Addresses and names that mean the same wherever a feed is read."""

from datetime import datetime

from django.conf import settings
from django.utils.encoding import iri_to_uri


def absolute(path: str) -> str:
    """An address of this site from its path."""
    return iri_to_uri(f"{settings.SITE_URL}{path}")


def tag_id(moment: datetime, what: str) -> str:
    """A tag URI (RFC 4151): it stays the same when the address changes."""
    return f"tag:{settings.SITE_HOST},{moment:%Y-%m-%d}:{what}"
