"""What belongs to articles: figures, attachments, bylines with portraits, corrections, series, picks.

Also the redirects from old URLs, of articles and of what they are filed under.
"""

from functools import reduce
from operator import or_
from typing import Final

from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from taggit.models import Tag

from accounts.models import AuthorProfile
from accounts.role_names import EDITOR, REPORTER
from articles.body.blocks.images import alt_of_use
from articles.editorial.models.article import Article
from articles.editorial.models.mixins import archived_before
from articles.editorial.models.taxonomy import Category
from articles.files.models import File
from articles.images.models import Image
from iria.core.db.fields import ActorField
from iria.core.model_policy import ALL_ACTIONS, ALL_ROWS, model_policy
from iria.core.text.validators import validate_not_blank, validate_storable


@model_policy(
    public=ALL_ROWS,
    personal_data="editing",
    permissions={EDITOR: ALL_ACTIONS, REPORTER: ALL_ACTIONS},
)
class Byline(models.Model):
    """An author of an article, in byline order."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="bylines")
    author = models.ForeignKey(AuthorProfile, on_delete=models.PROTECT, related_name="bylines")
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["article", "author"],
                name="byline_once",
                violation_error_message="This author is listed twice.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.author)


@model_policy(public=ALL_ROWS, personal_data="editing", permissions={EDITOR: ALL_ACTIONS})
class Portrait(models.Model):
    """An author's image. It is here because `accounts` does not depend on images."""

    author = models.OneToOneField(AuthorProfile, on_delete=models.CASCADE, related_name="portrait")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="portraits")

    def __str__(self) -> str:
        return f"Portrait of {self.author}"


class FigureQuerySet(models.QuerySet["Figure"]):
    def on_page(self) -> "FigureQuerySet":
        """Without the image of link previews; the same rule as `Figure.is_on_page`."""
        return self.exclude(place=Figure.Place.SOCIAL)

    def showing(self) -> "FigureQuerySet":
        """Uses on pages whose image may be shown now; the same rule as `Article.shows`."""
        in_archive = Q(image__licensed_for_archive=True)
        recent = Q(article__published_at__gte=archived_before(timezone.now()))
        return self.on_page().filter(in_archive | recent, image__in=Image.objects.showable())


@model_policy(public=ALL_ROWS, personal_data=None)
class Figure(models.Model):
    """One use of an image in an article, with the caption of this use.

    The rows are derived from the article's text and lead image on every save
    (`editorial.versions.related_rows`), so that pages, sitemaps, search and the library can query them.
    """

    class Place(models.TextChoices):
        LEAD = "lead", "Lead image"
        INLINE = "inline", "In the text"
        SOCIAL = "social", "In link previews"

    class Width(models.TextChoices):
        NORMAL = "normal", "Text width"
        WIDE = "wide", "Wide"
        FULL = "full", "Full width"

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="figures")
    image = models.ForeignKey(Image, on_delete=models.PROTECT, related_name="figures")
    place = models.CharField(max_length=6, choices=Place)
    position = models.PositiveSmallIntegerField(
        help_text="0 for the lead image, then in text order; last the image of link previews."
    )
    caption = models.TextField(blank=True, help_text="Its own caption, or that of its gallery.")
    width = models.CharField(max_length=6, choices=Width, default=Width.NORMAL)
    gallery = models.PositiveSmallIntegerField(
        default=0, help_text="Number of its gallery in the text; 0 if it is in none."
    )
    alt_text = models.TextField(
        blank=True, default="", db_default="", help_text="Of this use; empty: that of the image."
    )
    is_decorative = models.BooleanField(default=False, db_default=False)

    objects = FigureQuerySet.as_manager()

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["article", "position"], name="figure_position_once"),
        ]

    def __str__(self) -> str:
        return f"{self.image} in {self.article}"

    def get_absolute_url(self) -> str:
        """The large view in a published article."""
        return f"{self.article.get_absolute_url()}picture/{self.image_id}/"

    @property
    def alt(self) -> str:
        """The `alt` attribute of this use."""
        return alt_of_use(self.alt_text, self.is_decorative, self.image.alt)

    @property
    def is_on_page(self) -> bool:
        return self.place != self.Place.SOCIAL


@model_policy(public=ALL_ROWS, personal_data=None)
class Attachment(models.Model):
    """One use of a file in the text of an article, derived from the text like a figure."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="attachments")
    file = models.ForeignKey(File, on_delete=models.PROTECT, related_name="attachments")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "file"], name="attachment_once"),
        ]

    def __str__(self) -> str:
        return f"{self.file} in {self.article}"


@model_policy(public=ALL_ROWS, personal_data="editing", permissions={EDITOR: ALL_ACTIONS})
class Correction(models.Model):
    """A correction, shown below the article."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="corrections")
    text = models.TextField(
        max_length=2000,
        validators=[validate_storable, validate_not_blank],
        help_text="What was wrong, and what is correct. Shown to readers.",
    )
    created_at = models.DateTimeField(default=timezone.now)
    created_by = ActorField(null=True, blank=True, editable=False)

    class Meta:
        ordering = ["-created_at", "-pk"]
        indexes = [models.Index(fields=["-created_at", "-id"], name="correction_newest")]

    def __str__(self) -> str:
        return self.text[:80]


@model_policy(public=ALL_ROWS, personal_data=None, permissions={EDITOR: ALL_ACTIONS})
class Series(models.Model):
    """A series: its name, and its parts in their order."""

    name = models.CharField(
        max_length=120,
        unique=True,
        validators=[validate_storable, validate_not_blank],
        help_text="Shown above each of its articles.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return self.name


@model_policy(public=ALL_ROWS, personal_data=None, permissions={EDITOR: ALL_ACTIONS})
class SeriesPart(models.Model):
    """An article in a series; an article is in one series at most."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="parts")
    article = models.OneToOneField(
        Article,
        on_delete=models.CASCADE,
        related_name="series_part",
        error_messages={"unique": "This article is already part of a series."},
    )
    position = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Lower numbers come first, parts without one last; equal ones are ordered by "
        "publication date.",
    )

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "part"

    def __str__(self) -> str:
        return str(self.article)


MAX_PICKS: Final = 4
"""As many as the page of an article shows."""


@model_policy(
    public=ALL_ROWS, personal_data=None, permissions={EDITOR: ALL_ACTIONS, REPORTER: ALL_ACTIONS}
)
class RelatedPick(models.Model):
    """A manual pick for “Read next”; picks come before computed articles."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="related_picks")
    picked = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        related_name="picked_by",
        help_text="Shown while it is published. Remaining places are filled automatically.",
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "manual pick"
        verbose_name_plural = "manual picks"
        constraints = [
            models.UniqueConstraint(
                fields=["article", "picked"],
                name="related_pick_once",
                violation_error_message="This article is already a manual pick.",
            ),
            models.CheckConstraint(
                condition=~Q(article=F("picked")),
                name="related_pick_not_itself",
                violation_error_message="Choose a different article: an article cannot be its own pick.",
            ),
        ]

    def __str__(self) -> str:
        return f"Pick {self.position + 1}"


TARGETS: Final = ("article", "category", "author", "tag")


@model_policy(public=ALL_ROWS, personal_data=None, permissions={EDITOR: "view"})
class Redirect(models.Model):
    """An old path and its target.

    It refers to the target, not to its new URL, so a second move makes no chain.
    """

    old_path = models.CharField(max_length=500, unique=True)
    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, null=True, blank=True, related_name="redirects"
    )
    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, null=True, blank=True, related_name="redirects"
    )
    author = models.ForeignKey(
        AuthorProfile, on_delete=models.CASCADE, null=True, blank=True, related_name="redirects"
    )
    tag = models.ForeignKey(
        Tag, on_delete=models.CASCADE, null=True, blank=True, related_name="redirects"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=reduce(
                    or_,
                    (
                        Q(**{f"{name}__isnull": name != target for name in TARGETS})
                        for target in TARGETS
                    ),
                ),
                name="redirect_has_one_target",
            ),
        ]

    def __str__(self) -> str:
        return self.old_path

    @property
    def target(self) -> "Article | Category | AuthorProfile | Tag":
        found = self.article or self.category or self.author or self.tag
        assert found is not None  # noqa: S101 - by the constraint
        return found
