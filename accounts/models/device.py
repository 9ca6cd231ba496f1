"""Browsers an account was signed in with before."""

from django.db import models
from django.db.models.functions import Now

from accounts.models.people import User
from accounts.models.session import BROWSER_MAX_LENGTH


class Device(models.Model):
    """A browser that holds a cookie of ours, kept as a hash: a sign-in without one is a new device."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="devices")
    token = models.CharField(max_length=64, editable=False)
    """SHA-256 of what the cookie holds."""
    browser = models.CharField(max_length=BROWSER_MAX_LENGTH, blank=True)
    first_seen = models.DateTimeField(db_default=Now(), editable=False)
    last_seen = models.DateTimeField(db_default=Now(), editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["user", "token"], name="device_once_an_account"),
        ]

    def __str__(self) -> str:
        return self.browser
