"""What a picture shows, in words."""

from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models

from iria.core.text.validators import validate_storable

AI_MADE: Final = frozenset(
    {
        "trainedAlgorithmicMedia",
        "compositeWithTrainedAlgorithmicMedia",
        "compositeSynthetic",
    }
)
"""Digital source types by which readers are told that a machine made the picture, or parts of it:
the last part of their address in the IPTC's vocabulary (cv.iptc.org/newscodes/digitalsourcetype).
`algorithmicMedia` is none of them: a program made it that has learnt from nothing."""


class DescriptionMixin(models.Model):
    """What a picture shows, for the library's search and for readers who cannot see it."""

    headline = models.CharField(
        max_length=200,
        blank=True,
        validators=[validate_storable],
        help_text="How the picture is called in the library; readers do not see it.",
    )
    alt_text = models.TextField(
        blank=True,
        max_length=1000,
        validators=[validate_storable],
        help_text="What the picture shows, for a reader who cannot see it. Not the caption again.",
    )
    is_decorative = models.BooleanField(
        "decorative",
        default=False,
        help_text="It says nothing that the text does not say; readers who cannot see it are "
        "spared a description.",
    )
    extended_description = models.TextField(
        blank=True,
        max_length=5000,
        validators=[validate_storable],
        help_text="For a chart or a map: what it says, at length, below the picture.",
    )
    caption = models.TextField(
        blank=True,
        max_length=2000,
        validators=[validate_storable],
        help_text="Offered as the caption when the picture is used; each use may have its own words.",
    )
    persons = models.CharField(
        "persons shown", max_length=500, blank=True, validators=[validate_storable]
    )
    city = models.CharField(max_length=200, blank=True, validators=[validate_storable])
    country = models.CharField(max_length=200, blank=True, validators=[validate_storable])
    taken = models.CharField(
        max_length=30,
        blank=True,
        validators=[validate_storable],
        help_text="Year, or year-month, or a day, with a time if it is known: 2024-05-17T09:30:00.",
    )
    keywords = ArrayField(
        models.CharField(max_length=100, validators=[validate_storable]), default=list, blank=True
    )
    digital_source_type = models.CharField(
        max_length=80,
        blank=True,
        validators=[validate_storable],
        help_text="How the picture came to be, by the IPTC's vocabulary; from it readers are told "
        "that a machine made it.",
    )
    focus_x = models.FloatField(
        default=0.5,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="Where the eye rests, from the left edge (0) to the right (1).",
    )
    focus_y = models.FloatField(
        default=0.5,
        validators=[MinValueValidator(0), MaxValueValidator(1)],
        help_text="Where the eye rests, from the upper edge (0) to the lower (1).",
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
        """What stands for it where it cannot be seen; nothing for one that is only decoration."""
        return "" if self.is_decorative else self.alt_text

    @property
    def is_ai_made(self) -> bool:
        """Whether readers are to be told that a machine made it, or parts of it."""
        return self.digital_source_type.rsplit("/", 1)[-1] in AI_MADE

    @property
    def is_described(self) -> bool:
        """Whether a reader who cannot see it misses nothing."""
        return self.is_decorative or bool(self.alt_text.strip())
