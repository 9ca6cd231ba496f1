"""Agencies and photographers, and how they are credited."""

from django.db import models

from accounts.role_names import EDITOR, REPORTER
from articles.images import privacy
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
    personal_data=privacy.SUBJECTS,
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
