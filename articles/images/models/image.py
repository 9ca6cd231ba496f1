"""The picture."""

from datetime import timedelta
from typing import Final

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone

from articles.images.models.described import Described
from articles.images.models.files import FilesField
from articles.images.models.licensed import Licensed
from articles.images.models.querysets import ImageQuerySet

SOON: Final = timedelta(days=14)
"""So long before the end of a licence the desk hears of it."""


class Image(Described, Licensed, models.Model):
    """A picture. Its credit belongs to it; a caption belongs to each use.

    The original stays private as it came; what is served are renditions, always re-encoded.
    """

    original = models.FileField(upload_to="originals/%Y/%m/", max_length=200)
    checksum = models.CharField(max_length=64, editable=False, help_text="SHA-256 of the original.")
    looks = models.BigIntegerField(
        null=True,
        editable=False,
        help_text="64 bits that are alike for pictures that look alike.",
    )
    media_type = models.CharField(max_length=40, editable=False)
    width = models.PositiveIntegerField(editable=False, help_text="Upright, in pixels.")
    height = models.PositiveIntegerField(editable=False, help_text="Upright, in pixels.")
    is_moving = models.BooleanField(
        default=False, editable=False, help_text="More than one frame is kept of it."
    )
    sizes = FilesField(
        default=list,
        editable=False,
        help_text="Every rendition as format, width, height, name, bytes, shape and whether it "
        "moves, the narrowest first. PostgreSQL keeps it from the renditions' rows; what is "
        "written here is overruled.",
    )
    rights_version = models.PositiveIntegerField(
        default=1,
        editable=False,
        help_text="Grows when what renditions say of rights changes; their names follow it.",
    )
    metadata = models.JSONField(
        default=dict, blank=True, editable=False, help_text="What the file itself said."
    )
    uploaded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.SET_NULL, null=True, editable=False
    )
    uploaded_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)

    objects = ImageQuerySet.as_manager()

    class Meta:
        verbose_name = "picture"
        ordering = ["-uploaded_at", "-pk"]
        permissions = [
            ("change_many_image", "Can change the rights of many pictures at once"),
            ("replace_image", "Can replace the file of a picture"),
            ("withdraw_image", "Can withdraw a picture from readers"),
        ]
        constraints = [
            *Described.Meta.constraints,
            *Licensed.Meta.constraints,
            models.CheckConstraint(condition=Q(width__gt=0, height__gt=0), name="image_has_size"),
        ]
        indexes = [
            models.Index(fields=["checksum"]),
            models.Index(fields=["-uploaded_at", "-id"], name="image_newest"),
            models.Index(
                fields=["-uploaded_at", "-id"],
                condition=Q(credit="", needs_no_credit=False),
                name="image_lacks_credit",
            ),
            models.Index(
                fields=["-uploaded_at", "-id"],
                condition=Q(alt_text="", is_decorative=False),
                name="image_lacks_alt",
            ),
            models.Index(
                fields=["-uploaded_at", "-id"],
                condition=~Q(digital_source_type=""),
                name="image_source_type",
            ),
            # Of a text that is asked how it begins: a year, a month, a day.
            models.Index(fields=["taken"], opclasses=["varchar_pattern_ops"], name="image_taken"),
            models.Index(
                fields=["licence_until"],
                condition=Q(licence_until__isnull=False),
                name="image_licence_end",
            ),
            models.Index(
                fields=["licence_from"],
                condition=Q(licence_from__isnull=False),
                name="image_licence_begin",
            ),
        ]

    def __str__(self) -> str:
        return self.headline or self.caption[:60] or f"Picture {self.pk}"

    def get_absolute_url(self) -> str:
        return reverse("admin:articles_image_change", args=[self.pk])

    @property
    def licence_word(self) -> str:
        """What an editor should know of its licence at a glance; empty where all is well."""
        now = timezone.now()
        if self.licence_until is not None and self.licence_until <= now:
            return "Licence has ended"
        if self.licence_from is not None and self.licence_from > now:
            return "Licence has not begun"
        if self.licence_until is not None and self.licence_until <= now + SOON:
            return "Licence ends soon"
        return ""
