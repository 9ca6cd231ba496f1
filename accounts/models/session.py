"""Sessions as rows that know whose they are, so that they can be listed and ended."""

from hashlib import sha256
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.sessions.base_session import AbstractBaseSession
from django.db import models

if TYPE_CHECKING:
    from accounts.sessions import SessionStore

BROWSER_MAX_LENGTH = 80


class Session(AbstractBaseSession):
    """One browser, signed in or not. `accounts.sessions` writes the columns from what it holds.

    No address is kept: the name of the browser and the day tell somebody whether it was them.
    """

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.CASCADE,
        null=True,
        editable=False,
        # A browser may come back in the moment in which its account is deleted; Django would take
        # the refused row for a key that is taken, and try for ever.
        db_constraint=False,
        related_name="sessions",
    )
    browser = models.CharField(max_length=BROWSER_MAX_LENGTH, blank=True, editable=False)
    began_at = models.DateTimeField(null=True, editable=False)
    seen_at = models.DateTimeField(null=True, editable=False)
    """To the hour: a row written at every visit would cost more than it tells."""

    @classmethod
    def get_session_store_class(cls) -> "type[SessionStore]":
        from accounts.sessions import SessionStore

        return SessionStore

    @property
    def handle(self) -> str:
        """Names the row on a page; the key itself would let its reader in."""
        return sha256(self.session_key.encode()).hexdigest()[:16]

    def held(self) -> dict[str, Any]:
        """What the session holds; empty where it cannot be read any more."""
        held: dict[str, Any] = self.get_decoded()
        return held
