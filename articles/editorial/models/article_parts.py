"""Who signs an article, and an author's portrait.

Which pictures an article carries, read from its text on every save.

Corrections, which stay with the article for good.
"""

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.models import AuthorProfile
from accounts.roles import EDITOR, REPORTER
from articles.editorial import privacy
from articles.editorial.models.article import Article
from articles.editorial.models.mixins import archived_before
from articles.images.models import Image
from iria.core.model_policy import ALL_ACTIONS, ALL_ROWS, model_policy
from iria.core.text.validators import validate_not_blank, validate_storable


@model_policy(
    public=ALL_ROWS,
    personal_data=privacy.EDITING,
    permissions={EDITOR: ALL_ACTIONS, REPORTER: ALL_ACTIONS},
)
class Byline(models.Model):
    """An author of an article, in the order in which they sign."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="bylines")
    author = models.ForeignKey(AuthorProfile, on_delete=models.PROTECT, related_name="bylines")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "author"],
                name="byline_once",
                violation_error_message="This author signs twice.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.author)


@model_policy(public=ALL_ROWS, personal_data=privacy.EDITING, permissions={EDITOR: ALL_ACTIONS})
class Portrait(models.Model):
    """An author's picture. It lives here because accounts know no pictures."""

    author = models.OneToOneField(AuthorProfile, on_delete=models.CASCADE, related_name="portrait")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="portraits")

    def __str__(self) -> str:
        return f"Portrait of {self.author}"


class FigureQuerySet(models.QuerySet["Figure"]):
    def showing(self) -> "FigureQuerySet":
        """Uses whose picture readers may see there now; the same rule as `Article.shows`."""
        stays = Q(image__licensed_for_archive=True)
        young = Q(article__published_at__gte=archived_before(timezone.now()))
        return self.filter(stays | young, image__in=Image.objects.showable())


@model_policy(public=ALL_ROWS, personal_data=None)
class Figure(models.Model):
    """One use of a picture in an article, with the caption of this use.

    The text itself is the truth for inline figures, the article's own columns for the lead
    picture. These rows follow from them (`editorial.revising`), so that pages, sitemaps, search
    and the library can ask the database where a picture stands.
    """

    class Place(models.TextChoices):
        LEAD = "lead", "Lead picture"
        INLINE = "inline", "In the text"

    class Width(models.TextChoices):
        NORMAL = "normal", "As wide as the text"
        WIDE = "wide", "Wide"
        FULL = "full", "As wide as the page"

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="figures")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="figures")
    place = models.CharField(max_length=6, choices=Place)
    position = models.PositiveSmallIntegerField(help_text="0 for the lead, then as in the text.")
    caption = models.TextField(
        blank=True, help_text="Its own words, or those of its gallery where it has none."
    )
    width = models.CharField(max_length=6, choices=Width, default=Width.NORMAL)
    gallery = models.PositiveSmallIntegerField(
        default=0, help_text="Which gallery of the text it is part of; 0 where it stands alone."
    )

    objects = FigureQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["article", "position"], name="figure_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.image} in {self.article}"

    def get_absolute_url(self) -> str:
        """Where it is seen large, in a published article."""
        return f"{self.article.get_absolute_url()}picture/{self.image_id}/"


@model_policy(public=ALL_ROWS, personal_data=privacy.EDITING, permissions={EDITOR: ALL_ACTIONS})
class Correction(models.Model):
    """What was wrong and what is right, told to readers below the article."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="corrections")
    text = models.TextField(
        max_length=2000,
        validators=[validate_storable, validate_not_blank],
        help_text="What the article said, and what is right. Readers see it.",
    )
    made_at = models.DateTimeField(default=timezone.now)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
    )

    class Meta:
        ordering = ["-made_at", "-pk"]
        indexes = [models.Index(fields=["-made_at", "-id"], name="correction_newest")]

    def __str__(self) -> str:
        return self.text[:80]
