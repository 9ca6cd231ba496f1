"""Credit, licence and usage rights of an image; agencies and photographers, and how they are credited."""

from datetime import datetime
from enum import StrEnum
from typing import Final

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import F, Q
from django.utils import timezone

from accounts.role_names import EDITOR, REPORTER
from iria.core.model_policy import ALL_ACTIONS, model_policy
from iria.core.text.validators import validate_not_blank, validate_storable


@model_policy(public=None, personal_data=None, permissions={EDITOR: ALL_ACTIONS, REPORTER: "view"})
class Agency(models.Model):
    """A provider of images: an agency, an archive, a museum."""

    name = models.CharField(
        max_length=120, unique=True, validators=[validate_storable, validate_not_blank]
    )
    credit_text = models.CharField(
        max_length=120,
        validators=[validate_storable, validate_not_blank],
        help_text="Credit after the photographer's name, for example “via Reuters”.",
    )
    credit_text_alone = models.CharField(
        max_length=120,
        blank=True,
        validators=[validate_storable],
        help_text="Credit if no photographer is known. Empty: the name.",
    )
    url = models.URLField(blank=True, max_length=500, help_text="Link target of the credit.")
    usage_terms = models.TextField(
        blank=True,
        max_length=2000,
        validators=[validate_storable],
        help_text="What the agency usually allows. Shown to editors with each of its images.",
    )

    class Meta:
        verbose_name_plural = "agencies"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="agency_has_name"),
            models.CheckConstraint(condition=~models.Q(credit_text=""), name="agency_has_wording"),
        ]

    def __str__(self) -> str:
        return self.name


@model_policy(
    public=None,
    personal_data="image_subjects",
    permissions={EDITOR: ALL_ACTIONS, REPORTER: "view add"},
)
class Photographer(models.Model):
    """A photographer, with the same name in every credit."""

    name = models.CharField(
        max_length=120, unique=True, validators=[validate_storable, validate_not_blank]
    )
    url = models.URLField(blank=True, max_length=500, help_text="Link target of the credit.")

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="photographer_has_name"),
        ]

    def __str__(self) -> str:
        return self.name


VISIBILITY_FIELDS: Final = (
    *("credit", "credit_exempt", "credit_pending"),
    *("licence_from", "licence_until", "withdrawn_at"),
    *("licensed_for_site", "licensed_for_archive"),
)
"""The fields that decide whether an image may be shown on the site."""


LICENCE_DATES_REVERSED: Final = "The licence ends before it begins. Correct one of the dates."
NO_REASON: Final = "Enter the reason why this image needs no credit."


class Channel(StrEnum):
    """Where a licence can allow an image, each with a field of its own."""

    SITE = "site"
    NEWSLETTER = "newsletter"
    ARCHIVE = "archive"


class RightsMixin(models.Model):
    """The rights in an image. `images.credit_line` composes its credit."""

    credit = models.CharField(
        max_length=300,
        blank=True,
        validators=[validate_storable],
        help_text="Creator and agency, as in “Name/via Agency”. Shown to readers. Filled in "
        "automatically if a photographer or an agency is chosen.",
    )
    credit_url = models.URLField(
        "credit link", blank=True, max_length=500, help_text="Link target of the credit."
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
        help_text="What the licence allows. Internal; not shown to readers.",
    )
    licence_url = models.URLField(
        "licence URL",
        blank=True,
        max_length=500,
        help_text="Text of the licence, for example at Creative Commons.",
    )
    licensor = models.CharField(
        max_length=300,
        blank=True,
        validators=[validate_storable],
        help_text="Who grants licences, with contact or URL.",
    )
    licence_from = models.DateTimeField(
        "licence begins", null=True, blank=True, help_text="Empty: valid now."
    )
    licence_until = models.DateTimeField(
        "licence ends",
        null=True,
        blank=True,
        help_text="The image is hidden from this time. Empty: no end.",
    )
    licensed_for_site = models.BooleanField(
        "licensed for the site", default=True, help_text="On pages, in feeds and in the API."
    )
    licensed_for_newsletter = models.BooleanField(
        "licensed for the newsletter", default=True, help_text="In e-mails."
    )
    licensed_for_archive = models.BooleanField(
        "licensed for the archive",
        default=True,
        help_text="In articles older than 30 days.",
    )
    source = models.CharField(max_length=300, blank=True, validators=[validate_storable])
    byline = models.CharField("creator", max_length=300, blank=True, validators=[validate_storable])
    credit_exempt = models.BooleanField(
        "no credit needed",
        default=False,
        help_text="Only if the licence requires no credit. Enter the reason below.",
    )
    no_credit_reason = models.CharField(max_length=300, blank=True, validators=[validate_storable])
    credit_pending = models.BooleanField(
        default=False,
        db_default=False,
        editable=False,
        help_text="Imported without a credit. Pages show “Credit unknown” until it has one. PostgreSQL accepts it "
        "for new images only, and clears it for good once there is a credit.",
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    withdrawn_reason = models.CharField(
        max_length=300, blank=True, editable=False, validators=[validate_storable]
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(credit_exempt=False) | ~Q(no_credit_reason=""),
                name="image_no_credit_has_reason",
                violation_error_message=NO_REASON,
            ),
            models.CheckConstraint(
                condition=Q(licence_from__isnull=True)
                | Q(licence_until__isnull=True)
                | Q(licence_from__lt=F("licence_until")),
                name="image_licence_begins_before_it_ends",
                violation_error_message=LICENCE_DATES_REVERSED,
            ),
        ]

    def clean(self) -> None:
        if self.credit_exempt and not self.no_credit_reason.strip():
            raise ValidationError({"no_credit_reason": NO_REASON})
        if self.licence_from and self.licence_until and self.licence_from >= self.licence_until:
            raise ValidationError({"licence_until": LICENCE_DATES_REVERSED})

    @property
    def is_credited(self) -> bool:
        return bool(self.credit.strip())

    @property
    def lacks_credit(self) -> bool:
        """Whether it may not be published for want of a credit; the same rule as in PostgreSQL."""
        return not (self.is_credited or self.credit_exempt or self.credit_pending)

    @property
    def may_be_shown(self) -> bool:
        """Whether it may be shown on the site now; the same rule as `showable()`.

        In an article `Article.shows` also checks the rule for the archive.
        """
        return self.may_be_shown_at(timezone.now())

    def may_be_shown_at(self, moment: datetime) -> bool:
        """Whether it may be shown on the site at that time."""
        return self.licensed_for_site and self.may_be_used_at(moment)

    @property
    def may_be_mailed(self) -> bool:
        """Whether it may be sent by e-mail now."""
        return self.licensed_for_newsletter and self.may_be_used_at(timezone.now())

    @property
    def may_be_served(self) -> bool:
        """Whether its files may be served now."""
        in_any_channel = self.licensed_for_site or self.licensed_for_newsletter
        return in_any_channel and self.may_be_used_at(timezone.now())

    def may_be_used_at(self, moment: datetime) -> bool:
        """Whether it may be used in any channel at that time."""
        return not self.lacks_credit and self.withdrawn_at is None and self.is_licensed_at(moment)

    def is_licensed_at(self, moment: datetime) -> bool:
        """Whether its licence covers that time; the end is exclusive."""
        begun = self.licence_from is None or self.licence_from <= moment
        return begun and (self.licence_until is None or moment < self.licence_until)

    def is_licensed_for(self, channel: Channel) -> bool:
        allowed: bool = getattr(self, f"licensed_for_{channel.value}")
        return allowed
