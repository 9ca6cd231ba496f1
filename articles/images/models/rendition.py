"""Renditions: the files that are served, and their former names."""

from django.db import models
from django.urls import reverse

from articles.images.models.image import Image
from articles.images.processing.rendition_sizes import Key
from iria.core.model_policy import model_policy


# A new rendition is written to its image too.
@model_policy(public=None, personal_data=None)
class Rendition(models.Model):
    """One size and format of an image."""

    class Format(models.TextChoices):
        AVIF = "avif", "AVIF"
        WEBP = "webp", "WebP"
        JPEG = "jpeg", "JPEG"
        PNG = "png", "PNG"

    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="renditions")
    format = models.CharField(max_length=4, choices=Format)
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    name = models.CharField(
        max_length=80, unique=True, help_text="Unguessable; the last part of its URL."
    )
    file = models.FileField(upload_to="renditions/%Y/%m/", max_length=200)
    bytes = models.PositiveIntegerField(default=0)
    shape = models.CharField(
        max_length=8,
        blank=True,
        default="",
        help_text="Aspect ratio of the crop, as in 3:2; empty if uncropped.",
    )
    focus_x = models.FloatField(default=0.5, help_text="Focal point of the crop.")
    focus_y = models.FloatField(default=0.5)
    moving = models.BooleanField(default=False, help_text="Whether it has several frames.")
    rights_version = models.PositiveIntegerField(
        default=0, help_text="Which version of the image's rights is embedded in the file."
    )

    class Meta:
        ordering = ["width"]
        constraints = [
            models.UniqueConstraint(
                fields=["image", "shape", "format", "width", "moving"],
                name="rendition_made_once",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.image_id} at {self.width} as {self.format}"

    def get_absolute_url(self) -> str:
        return reverse("rendition", args=[self.name])

    @property
    def key(self) -> Key:
        return (self.shape, self.format, self.width, self.moving)

    def is_cut_as(self, image: Image) -> bool:
        """Whether it is uncropped, or cropped around the current focal point."""
        focus = (image.focus_x, image.focus_y)
        return not self.shape or (self.focus_x, self.focus_y) == focus


@model_policy(public=None, personal_data=None)
class OldRenditionName(models.Model):
    """A former name of a rendition; requests for it are redirected."""

    name = models.CharField(max_length=80, unique=True)
    image = models.ForeignKey(Image, on_delete=models.CASCADE, related_name="former_names")
    format = models.CharField(max_length=4, choices=Rendition.Format)
    width = models.PositiveIntegerField()
    shape = models.CharField(max_length=8, blank=True, default="")
    moving = models.BooleanField(default=False)
    file = models.FileField(
        max_length=200,
        blank=True,
        help_text="Kept for a while for running requests, then deleted.",
    )
    replaced_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        indexes = [models.Index(fields=["replaced_at"], name="former_name_by_age")]

    def __str__(self) -> str:
        return f"{self.name}, former name of image {self.image_id}"
