"""What providers have already told us by webhook, where their own proof could be used again."""

from django.db import models


class WebhookReceipt(models.Model):
    """A proof, or an event without a time, that was accepted; kept until it would be refused by its age."""

    key = models.CharField(max_length=64, primary_key=True)
    body_hash = models.CharField(max_length=64)
    expires_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.key[:8]} until {self.expires_at:%Y-%m-%d %H:%M}"
