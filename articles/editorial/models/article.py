"""The article.

Articles that say the same in several languages.
"""

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.urls import reverse
from taggit.managers import TaggableManager
from taggit.models import TaggedItemBase

from accounts.roles import EDITOR, MODERATOR, REPORTER
from articles.editorial import privacy
from articles.editorial.models.mixins import (
    CommentSettingsMixin,
    ImageVisibilityMixin,
    RepublicationMixin,
)
from articles.editorial.models.querysets import ArticleQuerySet
from articles.editorial.models.taxonomy import Category, Kind, UnaccentedTagManager
from articles.images.models import Image
from iria.core.http.urls import url_path
from iria.core.model_policy import ALL_ACTIONS, ALL_ROWS, model_policy
from iria.core.text.language import direction_of
from iria.core.text.validators import validate_not_blank, validate_storable

BODY_MAX_LENGTH = 1_000_000
LANGUAGES = [
    ("en", "English"),
    ("fr", "French"),
    ("de", "German"),
    ("es", "Spanish"),
    ("pt", "Portuguese"),
    ("it", "Italian"),
    ("nl", "Dutch"),
    ("pl", "Polish"),
    ("ru", "Russian"),
    ("uk", "Ukrainian"),
    ("tr", "Turkish"),
    ("ar", "Arabic"),
    ("fa", "Persian"),
    ("he", "Hebrew"),
    ("ur", "Urdu"),
    ("hi", "Hindi"),
    ("zh", "Chinese"),
    ("ja", "Japanese"),
    ("ko", "Korean"),
    ("id", "Indonesian"),
]


@model_policy(
    public=ALL_ROWS,
    personal_data=privacy.EDITING,
    permissions={
        EDITOR: f"{ALL_ACTIONS} publish change_others",
        REPORTER: "view add change",
        MODERATOR: "view",
    },
)
class Article(ImageVisibilityMixin, RepublicationMixin, CommentSettingsMixin, models.Model):
    """A text with its headline, pictures, categories, tags and bylines.

    Its address is made of the year and month of its first publication, in the publication's zone,
    and its slug. The two are columns, so the address never changes by itself.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SCHEDULED = "scheduled", "Scheduled"
        PUBLISHED = "published", "Published"
        UNPUBLISHED = "withdrawn", "Withdrawn"

    headline = models.CharField(max_length=200, validators=[validate_storable, validate_not_blank])
    slug = models.SlugField(
        max_length=80,
        blank=True,
        allow_unicode=True,
        help_text="The last part of the address. Left empty, it is made from the headline; "
        "after a change, the old address leads to the new one.",
    )
    standfirst = models.TextField(
        blank=True,
        max_length=600,
        validators=[validate_storable],
        help_text="One or two sentences below the headline that say why this matters.",
    )
    body = models.TextField(
        "text", blank=True, max_length=BODY_MAX_LENGTH, validators=[validate_storable]
    )
    kind = models.ForeignKey(Kind, on_delete=models.PROTECT, related_name="articles")
    language = models.CharField(max_length=8, choices=LANGUAGES, default="en")
    search_description = models.CharField(
        max_length=300,
        blank=True,
        validators=[validate_storable],
        help_text="What search engines and previews show; left empty, the standfirst.",
    )
    lead_picture = models.ForeignKey(
        Image, on_delete=models.PROTECT, null=True, blank=True, related_name="led_articles"
    )
    lead_caption = models.TextField(
        blank=True,
        max_length=2000,
        validators=[validate_storable],
        help_text="The caption of the lead picture here. Its credit is kept with the picture.",
    )
    state = models.CharField(
        max_length=10, choices=State, default=State.DRAFT, editable=False, db_index=True
    )
    publish_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When a scheduled article goes out."
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When its published text last changed."
    )
    withdrawn_at = models.DateTimeField(null=True, blank=True, editable=False)
    year = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)
    month = models.PositiveSmallIntegerField(null=True, blank=True, editable=False)

    translation_group = models.ForeignKey(
        "articles.TranslationGroup",
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="articles",
        help_text="The same text in other languages.",
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        blank=True,
        editable=False,
        related_name="articles_created",
    )
    made_from = models.UUIDField(
        null=True,
        editable=False,
        unique=True,
        help_text="The empty form it was begun with; a form sent twice makes one article.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    changed_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(
        default=0, editable=False, help_text="Grows at every save; a form made earlier is stale."
    )

    categories = models.ManyToManyField(
        Category, through="ArticleCategory", related_name="articles"
    )
    tags = TaggableManager(  # type: ignore[no-untyped-call]
        through="ArticleTag", blank=True, manager=UnaccentedTagManager
    )

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        permissions = [
            ("publish_article", "Can publish, schedule and withdraw articles"),
            ("change_others_article", "Can change the articles of others"),
        ]
        constraints = [
            *RepublicationMixin.Meta.constraints,
            *CommentSettingsMixin.Meta.constraints,
            models.UniqueConstraint(
                fields=["year", "month", "slug"],
                condition=Q(year__isnull=False),
                name="article_address_once",
                violation_error_message="Another article of this month has this address.",
            ),
            models.CheckConstraint(
                condition=~Q(state="published")
                | (
                    Q(published_at__isnull=False, year__isnull=False, month__isnull=False)
                    & ~Q(slug="")
                ),
                name="article_published_has_address",
            ),
            models.CheckConstraint(
                condition=~Q(state="scheduled") | (Q(publish_at__isnull=False) & ~Q(slug="")),
                name="article_scheduled_has_time",
            ),
            models.CheckConstraint(
                condition=Q(month__isnull=True) | Q(month__range=(1, 12)), name="article_month"
            ),
            models.UniqueConstraint(
                fields=["translation_group", "language"], name="article_language_once_a_text"
            ),
            models.CheckConstraint(condition=~Q(headline=""), name="article_has_headline"),
            models.CheckConstraint(condition=~Q(slug="feed"), name="article_slug_not_reserved"),
        ]
        indexes = [
            models.Index(
                F("published_at").desc(),
                condition=Q(state="published"),
                name="article_newest",
            ),
            # What a search found is put in order by date without opening the wide rows.
            models.Index(
                fields=["id"],
                include=["published_at"],
                condition=Q(state="published"),
                name="article_dates",
            ),
            models.Index(
                Greatest("updated_at", "published_at"),
                "id",
                condition=Q(state="published"),
                name="article_changed_last",
            ),
            GinIndex(
                fields=["headline"],
                opclasses=["gin_trgm_ops"],
                condition=Q(state="published"),
                name="article_headline_parts",
            ),
        ]

    def __str__(self) -> str:
        return self.headline

    def get_absolute_url(self) -> str:
        """The public address; an article that was never published has none but its preview."""
        if self.year is None or self.month is None or not self.slug:
            return self.get_admin_url()
        return url_path("article", self.year, self.month, self.slug)

    def get_admin_url(self) -> str:
        return reverse("admin:articles_article_change", args=[self.pk])

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def right_to_left(self) -> bool:
        return direction_of(self.language) == "rtl"

    @property
    def description(self) -> str:
        return self.search_description or self.standfirst

    @property
    def last_change(self) -> datetime | None:
        return self.updated_at or self.published_at


@model_policy(
    public=ALL_ROWS, personal_data=None, permissions={EDITOR: ALL_ACTIONS, REPORTER: ALL_ACTIONS}
)
class ArticleCategory(models.Model):
    """An article in a category; the first one is its primary category."""

    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="article_categories"
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="article_categories"
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "category"
        verbose_name_plural = "categories"
        constraints = [
            models.UniqueConstraint(
                fields=["article", "category"],
                name="article_category_once",
                violation_error_message="This category is chosen twice.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.category)


@model_policy(public=ALL_ROWS, personal_data=None)
class ArticleTag(TaggedItemBase):
    """A tag on an article, with a real foreign key instead of a generic one."""

    content_object = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="article_tags"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["content_object", "tag"], name="article_tag_once"),
        ]


@model_policy(public=None, personal_data=None)
class TranslationGroup(models.Model):
    """One text in its languages; each article of it is in another one (`editorial.translating`)."""

    made_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Translations {self.pk}"
