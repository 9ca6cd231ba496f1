"""Pictures that look alike."""

from django.conf import settings
from django.db import models
from django.db.models import F, Q

from articles.images.models.image import Image


class Likeness(models.Model):
    """Two pictures look alike, until somebody says that both are wanted.

    PostgreSQL writes the row when the second one comes in, whichever way it comes.
    """

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="like_older")
    older = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="like_newer")
    distance = models.PositiveSmallIntegerField(help_text="In how many of 64 bits they differ.")
    kept_by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    kept_at = models.DateTimeField(
        null=True, help_text="When somebody looked at both and kept them."
    )

    class Meta:
        verbose_name_plural = "likenesses"
        constraints = [
            models.UniqueConstraint(fields=["image", "older"], name="likeness_told_once"),
            models.CheckConstraint(condition=~Q(image=F("older")), name="likeness_is_of_two"),
        ]

    def __str__(self) -> str:
        return f"{self.image} looks like {self.older}"
