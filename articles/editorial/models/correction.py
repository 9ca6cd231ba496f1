"""Corrections, which stay with the article for good."""

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.editorial.models.article import Article
from iria.kit.text import refuse_blank, refuse_unstorable


class Correction(models.Model):
    """What was wrong and what is right, told to readers below the article."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="corrections")
    text = models.TextField(
        max_length=2000,
        validators=[refuse_unstorable, refuse_blank],
        help_text="What the article said, and what is right. Readers see it.",
    )
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
    )

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["-made_at", "-id"], name="correction_newest")]

    def __str__(self) -> str:
        return self.text[:80]
