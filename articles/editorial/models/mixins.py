"""Parts of the article: comment settings, republication, and visibility of its images."""

from datetime import UTC, datetime, timedelta
from typing import Final

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from articles.images.models import Image
from iria.core.text.validators import validate_storable
from iria.publication.models import CommentPolicy

SITE_DEFAULT = "Site default"


class CommentSettingsMixin(models.Model):
    """Comment settings of an article; empty fields use those of the publication."""

    comments_open = models.BooleanField(default=True, help_text="Allow comments on this article.")
    comments_policy = models.CharField(
        max_length=4, choices=[("", SITE_DEFAULT), *CommentPolicy.choices], blank=True, default=""
    )
    comments_close_after = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Days after publication; 0 for never. Empty: site default.",
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
NO_PUBLICATION_NAME: Final = "Enter the name of the publication that the URL belongs to."


class Licence(models.TextChoices):
    """How a text may be reused; none means that all rights are reserved."""

    BY = "CC BY 4.0", "CC BY 4.0: attribution"
    BY_SA = "CC BY-SA 4.0", "CC BY-SA 4.0: attribution, share alike"
    BY_ND = "CC BY-ND 4.0", "CC BY-ND 4.0: attribution, no derivatives"
    BY_NC = "CC BY-NC 4.0", "CC BY-NC 4.0: attribution, non-commercial"
    BY_NC_SA = (
        "CC BY-NC-SA 4.0",
        "CC BY-NC-SA 4.0: attribution, non-commercial, share alike",
    )
    BY_NC_ND = "CC BY-NC-ND 4.0", "CC BY-NC-ND 4.0: attribution, non-commercial, no derivatives"
    CC0 = "CC0 1.0", "CC0 1.0: public domain"

    @property
    def url(self) -> str:
        """The text of the licence."""
        if self is Licence.CC0:
            return f"{CREATIVE_COMMONS}/publicdomain/zero/1.0/"
        name = self.value.removeprefix("CC ").removesuffix(" 4.0").lower()
        return f"{CREATIVE_COMMONS}/licenses/{name}/4.0/"


class RepublicationMixin(models.Model):
    """Where else the article is published, and how it may be reused."""

    canonical_url = models.URLField(
        blank=True,
        max_length=500,
        help_text="URL of the original on another site. Search engines are sent there.",
    )
    noindex = models.BooleanField(
        "hide from search engines",
        default=False,
        help_text="Adds noindex; readers can still open the article.",
    )
    first_published_in = models.CharField(
        max_length=160,
        blank=True,
        validators=[validate_storable],
        help_text="Name of the publication where it appeared first. Shown to readers.",
    )
    first_published_url = models.URLField(
        "original URL", blank=True, max_length=500, help_text="Link target of that name."
    )
    licence = models.CharField(
        max_length=20,
        blank=True,
        choices=Licence,
        help_text="How others may reuse the text. Images have rights of their own.",
    )

    class Meta:
        abstract = True
        constraints = [
            models.CheckConstraint(
                condition=Q(first_published_url="") | ~Q(first_published_in=""),
                name="article_first_published_has_name",
                violation_error_message=NO_PUBLICATION_NAME,
            ),
        ]

    @property
    def licence_url(self) -> str:
        return Licence(self.licence).url if self.licence else ""

    def clean(self) -> None:
        super().clean()
        if self.first_published_url and not self.first_published_in.strip():
            raise ValidationError({"first_published_in": NO_PUBLICATION_NAME})


ARCHIVED_AFTER: Final = timedelta(days=30)


def archived_before(moment: datetime) -> datetime:
    """Articles published before this time belong to the archive.

    A midnight (UTC), because pages change at that time (`iria.core.http.page_cache.tag_of`).
    """
    midnight = moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - ARCHIVED_AFTER


class ImageVisibilityMixin:
    """Which of its images an article shows."""

    published_at: datetime | None
    lead_image: Image | None

    def is_archived_at(self, moment: datetime) -> bool:
        """Whether it belongs to the archive at that time, which needs its own licence."""
        return self.published_at is not None and self.published_at < archived_before(moment)

    def shows(self, image: Image | None) -> bool:
        """Whether this image may be shown in the article now; as `Figure.objects.showing()`."""
        if image is None or not image.may_be_shown:
            return False
        return image.licensed_for_archive or not self.is_archived_at(timezone.now())

    @property
    def visible_lead_image(self) -> Image | None:
        """The lead image, if it may be shown."""
        return self.lead_image if self.shows(self.lead_image) else None
