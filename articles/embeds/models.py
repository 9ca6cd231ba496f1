"""Providers of what a text may show of other sites."""

from typing import Any

from django.db import models
from django.db.models import F, Q, Value
from django.db.models.functions import Concat

from accounts.roles import EDITOR
from articles.embeds import url_patterns
from iria.core.model_policy import ALL_ROWS, model_policy
from iria.core.text.validators import validate_not_blank, validate_storable

ORIGIN = r"^https://[a-z0-9.-]+$"


@model_policy(public=ALL_ROWS, personal_data=None, permissions={EDITOR: "view"})
class EmbedProvider(models.Model):
    """A site whose pages may be shown within a text, and how its frame is addressed."""

    class Shape(models.TextChoices):
        WIDE = "wide", "Wide, as a film (16 : 9)"
        SQUARE = "square", "Square"
        TALL = "tall", "Tall, as a post or a chart"
        LOW = "low", "Low, as a player for sound"

    name = models.CharField(
        max_length=40, unique=True, validators=[validate_storable, validate_not_blank]
    )
    address_patterns = models.TextField(
        max_length=2000,
        validators=[validate_storable],
        help_text="Addresses of its pages, one a line, with names in braces: "
        "https://vimeo.com/{id}. Further parts of a query are passed over.",
    )
    frame_address = models.CharField(
        max_length=300,
        validators=[validate_storable],
        help_text="The address of its frame, with the same names: "
        "https://player.vimeo.com/video/{id}. {address} is the page's whole address.",
    )
    frame_origin = models.CharField(max_length=260, editable=False)
    """Follows from the frame's address; the policy of a page names it."""
    shape = models.CharField(max_length=6, choices=Shape, default=Shape.WIDE)
    is_on = models.BooleanField(
        "in use",
        default=True,
        help_text="Unticked, readers get a card with a link instead of the frame.",
    )

    class Meta:
        ordering = ["name"]
        verbose_name = "provider of embeds"
        verbose_name_plural = "providers of embeds"
        constraints = [
            models.CheckConstraint(
                condition=Q(frame_origin__regex=ORIGIN)
                & Q(frame_address__startswith=Concat(F("frame_origin"), Value("/"))),
                name="embed_frame_stands_at_its_origin",
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.frame_origin = url_patterns.origin_of(self.frame_address)
        super().save(*args, **kwargs)

    @property
    def patterns(self) -> list[str]:
        return [line.strip() for line in self.address_patterns.splitlines() if line.strip()]

    def frame_of(self, address: str) -> str | None:
        """The address of the frame for a page; None where the page is not one of this provider."""
        for pattern in self.patterns:
            values = url_patterns.match(pattern, address)
            if values is not None:
                return url_patterns.frame_address(self.frame_address, values, address)
        return None
