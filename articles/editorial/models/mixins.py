"""What an editor decides about comments below one article.

Texts that stand elsewhere too, and what others may do with them.

Which of its pictures an article shows now.
"""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.images.models import Image
from iria.core.text.validators import validate_storable
from iria.publication.models import CommentPolicy

SITE_DEFAULT = "As everywhere on the site"
COLUMNS = ("comments_open", "comments_policy", "comments_close_after")


class CommentSettingsMixin(models.Model):
    """Columns of the article; what the publication says holds where they are left empty."""

    comments_open = models.BooleanField(
        default=True, help_text="Whether readers may write below this article."
    )
    comments_policy = models.CharField(
        max_length=4, choices=[("", SITE_DEFAULT), *CommentPolicy.choices], blank=True, default=""
    )
    comments_close_after = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Days after publication from which nobody may comment any more; 0 for never. "
        "Left empty, as everywhere on the site.",
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(comments_policy__in=["", "open", "held", "off"]),
                name="article_comments_policy_known",
            ),
        ]


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


class RepublicationMixin(models.Model):
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
        validators=[validate_storable],
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


ARCHIVED_AFTER: Final = timedelta(days=30)


def archived_before(moment: datetime) -> datetime:
    """What was published before belongs to the archive at that moment.

    A midnight (UTC), because pages change with that day by themselves (`iria.core.http.page_cache.tag_of`).
    """
    midnight = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - ARCHIVED_AFTER


class ImageVisibilityMixin:
    """What an article answers about its pictures; the rights in them are the pictures' own."""

    published_at: datetime | None
    lead_picture: Image | None

    def is_archived_at(self, moment: datetime) -> bool:
        """Whether it belongs to the archive by then, for which licences may say otherwise."""
        return self.published_at is not None and self.published_at < archived_before(moment)

    def shows(self, image: Image | None) -> bool:
        """Whether readers see this picture beside the article now; as `Figure.objects.showing()`."""
        if image is None or not image.may_be_shown:
            return False
        return image.licensed_for_archive or not self.is_archived_at(timezone.now())

    @property
    def shown_picture(self) -> Image | None:
        """The lead picture, as long as readers may see it here."""
        return self.lead_picture if self.shows(self.lead_picture) else None
