"""Texts that stand elsewhere too, and what others may do with them."""

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q

from iria.kit.text import refuse_unstorable

CREATIVE_COMMONS = "https://creativecommons.org"


class Licence(models.TextChoices):
    """What readers may do with a text; none means that all rights are reserved."""

    BY = "CC BY 4.0", "CC BY 4.0: whoever names us"
    BY_SA = "CC BY-SA 4.0", "CC BY-SA 4.0: naming us, under the same licence"
    BY_ND = "CC BY-ND 4.0", "CC BY-ND 4.0: naming us, unchanged"
    BY_NC = "CC BY-NC 4.0", "CC BY-NC 4.0: naming us, not for money"
    BY_NC_SA = (
        "CC BY-NC-SA 4.0",
        "CC BY-NC-SA 4.0: naming us, not for money, under the same licence",
    )
    BY_NC_ND = "CC BY-NC-ND 4.0", "CC BY-NC-ND 4.0: naming us, not for money, unchanged"
    CC0 = "CC0 1.0", "CC0 1.0: everybody, without any condition"

    @property
    def address(self) -> str:
        """Where its words stand."""
        if self is Licence.CC0:
            return f"{CREATIVE_COMMONS}/publicdomain/zero/1.0/"
        name = self.value.removeprefix("CC ").removesuffix(" 4.0").lower()
        return f"{CREATIVE_COMMONS}/licenses/{name}/4.0/"


class Republished(models.Model):
    """The part of an article that says where else it stands and how it may be used."""

    canonical_address = models.URLField(
        blank=True,
        max_length=500,
        help_text="If the original stands on another site: its address. Search engines are sent there.",
    )
    noindex = models.BooleanField(
        "keep out of search engines",
        default=False,
        help_text="Readers see the article as ever; search engines are asked to leave it out.",
    )
    first_published_in = models.CharField(
        max_length=160,
        blank=True,
        validators=[refuse_unstorable],
        help_text="The name of the publication where it stood first; readers see it.",
    )
    first_published_address = models.URLField(
        "address there", blank=True, max_length=500, help_text="Where the name leads."
    )
    licence = models.CharField(
        max_length=20,
        blank=True,
        choices=Licence,
        help_text="How others may use the text. Pictures have rights of their own.",
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(first_published_address="") | ~Q(first_published_in=""),
                name="article_first_published_has_name",
                violation_error_message="Name the publication to which the address belongs.",
            ),
        ]

    @property
    def licence_address(self) -> str:
        return Licence(self.licence).address if self.licence else ""

    def clean(self) -> None:
        super().clean()
        if self.first_published_address and not self.first_published_in.strip():
            sentence = "Name the publication to which the address belongs."
            raise ValidationError({"first_published_in": sentence})
