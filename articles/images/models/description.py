"""What images and files have in common, and the texts that describe an image."""

from collections.abc import Callable
from typing import ClassVar, Final

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.urls import reverse

from iria.core.hooks import Hook, ImageUsage
from iria.core.text.validators import validate_storable


class LibraryRow(models.Model):
    """A row of a library; `usages` is the hook that reports its uses."""

    usages: ClassVar[Hook[Callable[[int], list[ImageUsage]]]]

    class Meta:
        abstract = True

    @property
    def change_url(self) -> str:
        return reverse(f"admin:articles_{self._meta.model_name}_change", args=[self.pk])


AI_MADE: Final = frozenset(
    {
        "trainedAlgorithmicMedia",
        "compositeWithTrainedAlgorithmicMedia",
        "compositeSynthetic",
    }
)
"""Digital source types that are labelled “Made with AI”: the last part of their URL in the IPTC
vocabulary (cv.iptc.org/newscodes/digitalsourcetype). `algorithmicMedia` is not among them: it means
software without trained models."""


class DescriptionMixin(models.Model):
    """Texts for the search of the library and for readers who cannot see the image."""

    headline = models.CharField(
        max_length=200,
        blank=True,
        validators=[validate_storable],
        help_text="Name of the image in the library; not shown to readers.",
    )
    alt_text = models.TextField(
        "alt text",
        blank=True,
        max_length=1000,
        validators=[validate_storable],
        help_text="Describe the image for readers who cannot see it. Do not repeat the caption.",
    )
    is_decorative = models.BooleanField(
        "decorative",
        default=False,
        help_text="Adds nothing to the text; screen readers skip it.",
    )
    extended_description = models.TextField(
        blank=True,
        max_length=5000,
        validators=[validate_storable],
        help_text="For charts and maps: their full content, shown below the image.",
    )
    caption = models.TextField(
        blank=True,
        max_length=2000,
        validators=[validate_storable],
        help_text="Default caption; each use can have its own.",
    )
    persons = models.CharField(
        "persons shown", max_length=500, blank=True, validators=[validate_storable]
    )
    city = models.CharField(max_length=200, blank=True, validators=[validate_storable])
    country = models.CharField(max_length=200, blank=True, validators=[validate_storable])
    taken = models.CharField(
        "date taken",
        max_length=30,
        blank=True,
        validators=[validate_storable],
        help_text="Year, month or day, with the time if known: 2024, 2024-05 or 2024-05-17T09:30:00.",
    )
    keywords = ArrayField(
        models.CharField(max_length=100, validators=[validate_storable]), default=list, blank=True
    )
    digital_source_type = models.CharField(
        max_length=80,
        blank=True,
        validators=[validate_storable],
        help_text="How the image was made (IPTC). Images made with AI are marked for readers.",
    )
    focus_x = models.FloatField(
        default=0.5,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="Focal point, from the left edge (0) to the right (1).",
    )
    focus_y = models.FloatField(
        default=0.5,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="Focal point, from the top edge (0) to the bottom (1).",
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=models.Q(focus_x__range=(0, 1), focus_y__range=(0, 1)),
                name="image_focus_inside",
            ),
        ]

    @property
    def alt(self) -> str:
        """The `alt` attribute; empty for a decorative image."""
        return "" if self.is_decorative else self.alt_text

    @property
    def is_ai_made(self) -> bool:
        """Whether it is labelled “Made with AI”."""
        return self.digital_source_type.rsplit("/", 1)[-1] in AI_MADE

    @property
    def is_described(self) -> bool:
        """Whether it has alt text or is decorative."""
        return self.is_decorative or bool(self.alt_text.strip())
