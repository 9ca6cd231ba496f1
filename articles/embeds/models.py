"""Embed providers and link cards."""

from typing import Any

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat
from django.utils import timezone

from accounts.role_names import EDITOR
from articles.embeds import url_patterns
from iria.core.http.urls import url_path
from iria.core.model_policy import ALL_ROWS, Pruning, PublicRows, model_policy
from iria.core.text.validators import validate_not_blank, validate_storable

ORIGIN = r"^https://[a-z0-9.-]+$"


@model_policy(public=ALL_ROWS, personal_data=None, permissions={EDITOR: "view"})
class EmbedProvider(models.Model):
    """A site whose pages may be embedded, and the URL of its frame."""

    class Shape(models.TextChoices):
        WIDE = "wide", "Wide (16:9)"
        SQUARE = "square", "Square"
        TALL = "tall", "Tall (posts, charts)"
        LOW = "low", "Low (audio players)"

    name = models.CharField(
        max_length=40, unique=True, validators=[validate_storable, validate_not_blank]
    )
    page_url_patterns = models.TextField(
        max_length=2000,
        validators=[validate_storable],
        help_text="URLs of its pages, one per line, with placeholders in braces: "
        "https://vimeo.com/{id}. Other query parameters are ignored.",
    )
    frame_url = models.CharField(
        max_length=300,
        validators=[validate_storable],
        help_text="URL of its frame, with the same placeholders: "
        "https://player.vimeo.com/video/{id}. {address} is the full URL of the page.",
    )
    frame_origin = models.CharField(max_length=260, editable=False)
    """Derived from the frame URL; the CSP of a page allows it."""
    shape = models.CharField(max_length=6, choices=Shape, default=Shape.WIDE)
    is_enabled = models.BooleanField(
        "enabled",
        default=True,
        help_text="If off, readers get a link card instead of the embed.",
    )

    class Meta:
        ordering = ["name"]
        verbose_name = "embed provider"
        constraints = [
            models.CheckConstraint(
                condition=Q(frame_origin__regex=ORIGIN)
                & Q(frame_url__startswith=Concat(F("frame_origin"), Value("/"))),
                name="embed_frame_stands_at_its_origin",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.frame_origin = url_patterns.origin_of(self.frame_url)
        super().save(*args, **kwargs)

    @property
    def patterns(self) -> list[str]:
        return [line.strip() for line in self.page_url_patterns.splitlines() if line.strip()]

    def frame_of(self, url: str) -> str | None:
        """The URL of the frame for a page; None if the page does not belong to this provider."""
        for pattern in self.patterns:
            values = url_patterns.match(pattern, url)
            if values is not None:
                return url_patterns.frame_url(self.frame_url, values, url)
        return None


# Rows change a page only when a title or an image arrives; the names of images are hashes of their content.
@model_policy(
    public=PublicRows(columns=("title", "thumbnail_name"), inserts=False),
    personal_data=None,
    permissions={EDITOR: "view change"},
    pruning=Pruning("articles.embeds.tasks.delete_unused", "Deleted when no text embeds them."),
)
class LinkCard(models.Model):
    """Title and image of a page of another site, as that site describes it.

    The image is re-encoded and in the row, as logos are: it is backed up and deleted with it.
    """

    class State(models.TextChoices):
        PENDING = "pending", "Waiting"
        FETCHED = "fetched", "Fetched"
        FAILED = "failed", "Failed"

    url = models.CharField("URL", max_length=500, unique=True)
    state = models.CharField(max_length=7, choices=State, default=State.PENDING)
    title = models.CharField(max_length=200, blank=True)
    thumbnail = models.BinaryField(default=b"")
    thumbnail_name = models.CharField(max_length=40, blank=True, db_index=True)
    thumbnail_width = models.PositiveSmallIntegerField(default=0)
    thumbnail_height = models.PositiveSmallIntegerField(default=0)
    error = models.CharField(max_length=200, blank=True)
    requested_at = models.DateTimeField(default=timezone.now)
    fetched_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-requested_at", "-pk"]
        verbose_name = "link card"

    def __str__(self) -> str:
        return self.title or self.url

    @property
    def thumbnail_url(self) -> str:
        """The URL of the image; empty if there is none."""
        return url_path("embed_thumbnail", self.thumbnail_name) if self.thumbnail_name else ""
