"""Who made a picture, through whom we have it, and how long it may be shown."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from articles.images.models.sources import Agency, Photographer
from iria.core.text.validators import validate_storable

DECIDING: Final = (
    *("credit", "needs_no_credit", "licence_from", "licence_until", "withdrawn_at"),
    *("licensed_for_site", "licensed_for_archive"),
)
"""The fields by which it is decided whether readers of the site may see a picture."""


class Place(StrEnum):
    """Where a licence may allow a picture, each by a column of its own."""

    SITE = "site"
    NEWSLETTER = "newsletter"
    ARCHIVE = "archive"


class RightsMixin(models.Model):
    """The rights in a picture. Its credit is one line, composed in one place (`images.crediting`)."""

    credit = models.CharField(
        max_length=300,
        blank=True,
        validators=[validate_storable],
        help_text="Who made it and through whom we have it, as in “Name/via Agency”. Readers see "
        "it. Composed by itself where a photographer or an agency is chosen below.",
    )
    credit_url = models.URLField(
        "credit link", blank=True, max_length=500, help_text="Where the credit leads, if anywhere."
    )
    photographer = models.ForeignKey(
        Photographer, on_delete=models.PROTECT, null=True, blank=True, related_name="pictures"
    )
    agency = models.ForeignKey(
        Agency, on_delete=models.PROTECT, null=True, blank=True, related_name="pictures"
    )
    copyright_notice = models.CharField(
        "copyright", max_length=500, blank=True, validators=[validate_storable]
    )
    usage_terms = models.TextField(
        blank=True,
        max_length=2000,
        validators=[validate_storable],
        help_text="What the licence allows; for the newsroom, not shown.",
    )
    licence_url = models.URLField(
        "licence address",
        blank=True,
        max_length=500,
        help_text="Where the licence can be read, as of Creative Commons.",
    )
    licensor = models.CharField(
        max_length=300,
        blank=True,
        validators=[validate_storable],
        help_text="From whom a licence can be had, with an address if there is one.",
    )
    licence_from = models.DateTimeField(
        "licence begins", null=True, blank=True, help_text="Left empty, it holds already."
    )
    licence_until = models.DateTimeField(
        "licence ends",
        null=True,
        blank=True,
        help_text="From this moment on the picture is withheld everywhere. Left empty, it never ends.",
    )
    licensed_for_site = models.BooleanField(
        "for the site", default=True, help_text="It may stand on pages, in feeds and in the API."
    )
    licensed_for_newsletter = models.BooleanField(
        "for the newsletter", default=True, help_text="It may go out by mail."
    )
    licensed_for_archive = models.BooleanField(
        "for the archive",
        default=True,
        help_text="It may stay with an article that is older than thirty days.",
    )
    source = models.CharField(max_length=300, blank=True, validators=[validate_storable])
    byline = models.CharField("creator", max_length=300, blank=True, validators=[validate_storable])
    needs_no_credit = models.BooleanField(
        default=False, help_text="Only for pictures whose licence asks for none; say why below."
    )
    no_credit_reason = models.CharField(max_length=300, blank=True, validators=[validate_storable])
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_reason = models.CharField(
        max_length=300, blank=True, editable=False, validators=[validate_storable]
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(needs_no_credit=False) | ~Q(no_credit_reason=""),
                name="image_no_credit_has_reason",
                violation_error_message="Say why this picture needs no credit.",
            ),
            models.CheckConstraint(
                condition=Q(licence_from__isnull=True)
                | Q(licence_until__isnull=True)
                | Q(licence_from__lt=F("licence_until")),
                name="image_licence_begins_before_it_ends",
                violation_error_message="The licence ends before it begins; mend one of the two.",
            ),
        ]

    def clean(self) -> None:
        if self.needs_no_credit and not self.no_credit_reason.strip():
            sentence = "Say why this picture needs no credit."
            raise ValidationError({"no_credit_reason": sentence})
        if self.licence_from and self.licence_until and self.licence_from >= self.licence_until:
            sentence = "The licence ends before it begins; mend one of the two."
            raise ValidationError({"licence_until": sentence})

    @property
    def is_credited(self) -> bool:
        return bool(self.credit.strip())

    @property
    def may_be_shown(self) -> bool:
        """Whether readers of the site may see it now; the same rule as `showable()`.

        Beside an article `Article.shows` asks for more: the archive has a rule of its own.
        """
        return self.may_be_shown_at(timezone.now())

    def may_be_shown_at(self, moment: datetime) -> bool:
        """Whether readers of the site may see it at that moment."""
        return self.licensed_for_site and self.may_go_out_at(moment)

    @property
    def may_be_mailed(self) -> bool:
        """Whether it may go out with a newsletter now."""
        return self.licensed_for_newsletter and self.may_go_out_at(timezone.now())

    @property
    def may_be_served(self) -> bool:
        """Whether its files may be had now, by whoever was shown where they are."""
        anywhere = self.licensed_for_site or self.licensed_for_newsletter
        return anywhere and self.may_go_out_at(timezone.now())

    def may_go_out_at(self, moment: datetime) -> bool:
        """Whether it may be anywhere outside the newsroom at that moment."""
        credited = self.is_credited or self.needs_no_credit
        return credited and self.withdrawn_at is None and self.is_licensed_at(moment)

    def is_licensed_at(self, moment: datetime) -> bool:
        """Whether its licence covers that moment; its end is the first moment not covered."""
        begun = self.licence_from is None or self.licence_from <= moment
        return begun and (self.licence_until is None or moment < self.licence_until)

    def is_licensed_for(self, place: Place) -> bool:
        allowed: bool = getattr(self, f"licensed_for_{place.value}")
        return allowed
