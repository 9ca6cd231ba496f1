"""Agencies and photographers: whoever pictures come from, and how their names are written."""

from django.db import models

from accounts.roles import EDITOR, REPORTER
from articles.images import privacy
from iria.core.model_policy import ALL_ACTIONS, model_policy
from iria.core.text.validators import validate_not_blank, validate_storable


@model_policy(public=None, personal_data=None, permissions={EDITOR: ALL_ACTIONS, REPORTER: "view"})
class Agency(models.Model):
    """Whoever lets us have pictures: an agency, an archive, a museum."""

    name = models.CharField(
        max_length=120, unique=True, validators=[validate_storable, validate_not_blank]
    )
    wording = models.CharField(
        max_length=120,
        validators=[validate_storable, validate_not_blank],
        help_text="How it stands in the credit after the photographer's name, as in “via Reuters”.",
    )
    wording_alone = models.CharField(
        max_length=120,
        blank=True,
        validators=[validate_storable],
        help_text="How it stands where no photographer is known; left empty, its name.",
    )
    address = models.URLField(
        blank=True, max_length=500, help_text="Where the credit leads, if anywhere."
    )
    usage_terms = models.TextField(
        blank=True,
        max_length=2000,
        validators=[validate_storable],
        help_text="What it allows, as a rule; shown to editors beside each of its pictures.",
    )

    class Meta:
        verbose_name_plural = "agencies"
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="agency_has_name"),
            models.CheckConstraint(condition=~models.Q(wording=""), name="agency_has_wording"),
        ]

    def __str__(self) -> str:
        return self.name


@model_policy(
    public=None,
    personal_data=privacy.SUBJECTS,
    permissions={EDITOR: ALL_ACTIONS, REPORTER: "view add"},
)
class Photographer(models.Model):
    """Whoever made pictures, named the same in every credit."""

    name = models.CharField(
        max_length=120, unique=True, validators=[validate_storable, validate_not_blank]
    )
    address = models.URLField(
        blank=True, max_length=500, help_text="Where the credit leads, if anywhere."
    )

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(condition=~models.Q(name=""), name="photographer_has_name"),
        ]

    def __str__(self) -> str:
        return self.name
