"""What was done to a picture, by whom and when."""

from django.conf import settings
from django.db import models

from articles.images.models.image import Image


class PictureEvent(models.Model):
    """A fact of a picture's life that the newsroom may be asked about later."""

    class What(models.TextChoices):
        CREDITED = "credited", "Credit changed"
        LICENSED = "licensed", "Licence changed"
        REPLACED = "replaced", "File replaced"
        WITHDRAWN = "withdrawn", "Withdrawn everywhere"
        RESTORED = "restored", "Shown again"

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="events")
    what = models.CharField(max_length=9, choices=What)
    before = models.TextField(blank=True)
    after = models.TextField(blank=True)
    reason = models.CharField(max_length=300, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True)
    at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-at", "-pk"]

    def __str__(self) -> str:
        return f"{self.get_what_display()}: {self.image}"
