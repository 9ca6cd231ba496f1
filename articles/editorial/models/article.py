"""The article, its categories and tags, and its translations."""

from collections.abc import Collection
from datetime import datetime
from typing import Any, Final, Self

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.db.models.functions import Greatest
from django.urls import reverse
from taggit.managers import TaggableManager
from taggit.models import TaggedItemBase

from accounts.role_names import EDITOR, MODERATOR, REPORTER
from articles.body.blocks.images import ALT_MAX_LENGTH, alt_of_use
from articles.editorial.aggregated_rows import GatheredRows
from articles.editorial.models.declaration import FieldDeclaration, FormGroup, StoredPages
from articles.editorial.models.mixins import (
    CommentSettingsMixin,
    ImageVisibilityMixin,
    RepublicationMixin,
)
from articles.editorial.models.querysets import ArticleQuerySet, rows_for_cards, rows_for_pages
from articles.editorial.models.taxonomy import ArticleType, Category, UnaccentedTagManager
from articles.images.models import Image
from iria.core.db.fields import ActorField
from iria.core.http import cache_versions
from iria.core.http.urls import url_path
from iria.core.model_policy import ALL_ACTIONS, ALL_ROWS, PublicRows, model_policy
from iria.core.text.language import direction_of
from iria.core.text.languages import language_choices
from iria.core.text.validators import validate_storable

BODY_MAX_LENGTH = 1_000_000
UNTITLED: Final = "Untitled"


ROW_SCOPE: Final = "article:"
TEXT_SCOPE: Final = "article_text:"

ARTICLE_FIELDS: Final = (
    FieldDeclaration(
        "headline",
        FormGroup.HEAD,
        control={"class": "admin-headline", "rows": 1, "placeholder": "Headline"},
        stored_pages=StoredPages.WITH_CARD,
    ),
    FieldDeclaration(
        "standfirst",
        FormGroup.HEAD,
        control={
            "rows": 2,
            "data-count": "200",
            "placeholder": "Standfirst: one or two sentences that say why this matters",
        },
        stored_pages=StoredPages.WITH_CARD,
    ),
    FieldDeclaration("lead_image", FormGroup.LEAD_IMAGE),
    FieldDeclaration(
        "lead_alt",
        FormGroup.LEAD_IMAGE,
        label="Alt text",
        full_label="Alt text of the lead image",
        control={"rows": 2},
        stored_pages=StoredPages.WITH_CARD,
    ),
    FieldDeclaration(
        "lead_decorative",
        FormGroup.LEAD_IMAGE,
        label="Decorative",
        full_label="Lead image is decorative",
        stored_pages=StoredPages.WITH_CARD,
    ),
    FieldDeclaration(
        "lead_caption",
        FormGroup.LEAD_IMAGE,
        label="Caption",
        full_label="Lead image caption",
        stored_pages=StoredPages.WITH_CARD,
    ),
    FieldDeclaration("body", FormGroup.TEXT, stored_pages=StoredPages.WITH_TEXT),
    FieldDeclaration("show_updated", FormGroup.PUBLISHING, stored_pages=StoredPages.WITH_CARD),
    FieldDeclaration("slug", FormGroup.PUBLISHING),
    FieldDeclaration(
        "categories",
        FormGroup.DETAILS,
        label="Categories",
        is_relation=True,
        form_name="chosen_categories",
    ),
    FieldDeclaration("kind", FormGroup.DETAILS, label="Type"),
    FieldDeclaration(
        "authors", FormGroup.DETAILS, label="Authors", is_relation=True, form_name="signed_by"
    ),
    FieldDeclaration("tags", FormGroup.DETAILS, label="Tags", is_relation=True),
    FieldDeclaration("series", FormGroup.DETAILS, label="Series", is_relation=True),
    FieldDeclaration(
        "series_position", FormGroup.DETAILS, label="Position in the series", is_relation=True
    ),
    FieldDeclaration("language", FormGroup.DETAILS),
    FieldDeclaration("translation_of", FormGroup.DETAILS, label="Translation of", is_relation=True),
    FieldDeclaration(
        "search_description",
        FormGroup.SEARCH,
        label="Meta description",
        control={"rows": 3, "data-count": "155"},
        stored_pages=StoredPages.WITH_TEXT,
    ),
    FieldDeclaration(
        "social_title",
        FormGroup.SEARCH,
        control={"data-count": "70"},
        stored_pages=StoredPages.WITH_CARD,
    ),
    FieldDeclaration("social_image", FormGroup.SEARCH),
    FieldDeclaration("noindex", FormGroup.SEARCH),
    FieldDeclaration("comments_open", FormGroup.COMMENTS, label="Allow comments"),
    FieldDeclaration("comments_policy", FormGroup.COMMENTS, label="Comment moderation"),
    FieldDeclaration(
        "comments_close_after", FormGroup.COMMENTS, label="Close comments after (days)"
    ),
    FieldDeclaration("picks", FormGroup.READ_NEXT, full_label="Read next", is_relation=True),
    FieldDeclaration("licence", FormGroup.REPUBLISHING),
    FieldDeclaration("first_published_in", FormGroup.REPUBLISHING),
    FieldDeclaration("first_published_url", FormGroup.REPUBLISHING),
    FieldDeclaration("canonical_url", FormGroup.REPUBLISHING),
)
"""What editors write, in the order of the form.

A field of `Article` that is declared here is in the form, the autosave, revisions, the history, exports and
imports, and with `api` in the content API.
"""

EDITABLE_FIELDS: Final = tuple(each.name for each in ARTICLE_FIELDS if not each.is_relation)

TEXT_COLUMNS: Final = (
    *(each.name for each in ARTICLE_FIELDS if each.stored_pages != StoredPages.ALL),
    "updated_at",
)
"""No list of a public page is filtered or ordered by them, so an edit of them concerns only the pages that
show the article."""
WHOLE_TEXT_COLUMNS: Final = tuple(
    each.name for each in ARTICLE_FIELDS if each.stored_pages == StoredPages.WITH_TEXT
)
"""Those that the cards of an article do not load, so an edit of them concerns its own page and full feeds."""


@model_policy(
    public=PublicRows(
        unseen_columns=("version", "modified_at"),
        seen_if="{row}.state = 'published'",
        row_scope=(ROW_SCOPE, TEXT_COLUMNS),
        whole_row_scope=(TEXT_SCOPE, WHOLE_TEXT_COLUMNS),
    ),
    personal_data="editing",
    permissions={
        EDITOR: f"{ALL_ACTIONS} publish change_others",
        REPORTER: "view add change",
        MODERATOR: "view",
    },
)
class Article(ImageVisibilityMixin, RepublicationMixin, CommentSettingsMixin, models.Model):
    """An article.

    Its URL consists of the year and month of its first publication, in the publication's time zone,
    and its slug. They are stored, so the URL never changes by itself.
    """

    class State(models.TextChoices):
        DRAFT = "draft", "Draft"
        SCHEDULED = "scheduled", "Scheduled"
        PUBLISHED = "published", "Published"
        UNPUBLISHED = "withdrawn", "Unpublished"
        TRASH = "trash", "In trash"

    headline = models.CharField(max_length=200, blank=True, validators=[validate_storable])
    slug = models.SlugField(
        max_length=80,
        blank=True,
        allow_unicode=True,
        help_text="Last part of the URL. Empty: made from the headline. After a change, the old URL "
        "redirects.",
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
    kind = models.ForeignKey(ArticleType, on_delete=models.PROTECT, related_name="articles")
    language = models.CharField(max_length=8, choices=language_choices, default="en")
    search_description = models.CharField(
        max_length=300,
        blank=True,
        validators=[validate_storable],
        help_text="Shown by search engines and link previews. Empty: the standfirst.",
    )
    lead_image = models.ForeignKey(
        Image, on_delete=models.PROTECT, null=True, blank=True, related_name="led_articles"
    )
    lead_caption = models.TextField(
        blank=True,
        max_length=2000,
        validators=[validate_storable],
        help_text="Caption in this article. The credit is stored with the image.",
    )
    lead_alt = models.TextField(
        "alt text of the lead image",
        blank=True,
        default="",
        db_default="",
        max_length=ALT_MAX_LENGTH,
        validators=[validate_storable],
        help_text="Describe the image for readers who cannot see it. Empty: the alt text of the "
        "image in the library.",
    )
    lead_decorative = models.BooleanField(
        "lead image is decorative",
        default=False,
        db_default=False,
        help_text="Adds nothing to the text; screen readers skip it.",
    )
    social_title = models.CharField(
        max_length=200,
        blank=True,
        default="",
        db_default="",
        validators=[validate_storable],
        help_text="Title in link previews. Empty: the headline.",
    )
    social_image = models.ForeignKey(
        Image,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        # Its figure row has a constraint and an index; here they would lock the table.
        db_constraint=False,
        db_index=False,
        related_name="+",
        help_text="Image of link previews. Empty: the lead image, or the first one in the text.",
    )
    state = models.CharField(
        max_length=10, choices=State, default=State.DRAFT, editable=False, db_index=True
    )
    publish_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="Publication time of a scheduled article."
    )
    published_at = models.DateTimeField(null=True, blank=True, editable=False)
    updated_at = models.DateTimeField(
        null=True, blank=True, editable=False, help_text="When its published text last changed."
    )
    show_updated = models.BooleanField(
        "show “Updated” to readers",
        default=True,
        db_default=True,
        help_text="The date of the last change, below the byline. Off for typing errors.",
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
    created_by = ActorField(null=True, blank=True, editable=False, related_name="articles_created")
    form_id = models.UUIDField(
        null=True,
        editable=False,
        unique=True,
        help_text="Id of the empty form it was created with; a form sent twice creates one article.",
    )
    created_at = models.DateTimeField(auto_now_add=True)
    modified_at = models.DateTimeField(auto_now=True)
    version = models.PositiveIntegerField(
        default=0, editable=False, help_text="Increases with every save, to detect edit conflicts."
    )

    categories = models.ManyToManyField(
        Category, through="ArticleCategory", related_name="articles"
    )
    tags = TaggableManager(  # type: ignore[no-untyped-call]
        through="ArticleTag", blank=True, manager=UnaccentedTagManager
    )

    card_rows = GatheredRows(rows_for_cards)
    page_rows = GatheredRows(rows_for_pages)

    objects = ArticleQuerySet.as_manager()

    class Meta:
        ordering = ["-published_at", "-pk"]
        permissions = [
            ("publish_article", "Can publish, schedule and unpublish articles"),
            ("change_others_article", "Can change other users' articles"),
        ]
        constraints = [
            *RepublicationMixin.Meta.constraints,
            *CommentSettingsMixin.Meta.constraints,
            models.UniqueConstraint(
                fields=["year", "month", "slug"],
                condition=Q(year__isnull=False),
                name="article_address_once",
                violation_error_message="Another article of this month has this slug. Choose another one.",
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
            models.CheckConstraint(
                condition=~Q(headline="") | ~Q(state__in=["published", "scheduled"]),
                name="article_has_headline",
            ),
            models.CheckConstraint(condition=~Q(slug="feed"), name="article_slug_not_reserved"),
        ]
        indexes = [
            models.Index(
                F("published_at").desc(),
                condition=Q(state="published"),
                name="article_newest",
            ),
            # Search results are ordered by date without reading the wide rows.
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
        return self.headline or UNTITLED

    def get_absolute_url(self) -> str:
        """The public URL; that of the admin if the article was never published."""
        if self.year is None or self.month is None or not self.slug:
            return self.get_admin_url()
        return url_path("article", self.year, self.month, self.slug)

    @classmethod
    def from_db(
        cls, db: str | None, field_names: Collection[str], values: Collection[Any], **options: Any
    ) -> Self:
        article = super().from_db(db, field_names, values, **options)
        cache_versions.record_row(ROW_SCOPE, article.pk)
        if any(each in field_names for each in WHOLE_TEXT_COLUMNS):
            cache_versions.record_row(TEXT_SCOPE, article.pk)
        return article

    def get_admin_url(self) -> str:
        return reverse("admin:articles_article_change", args=[self.pk])

    @property
    def is_published(self) -> bool:
        return self.state == self.State.PUBLISHED

    @property
    def is_in_trash(self) -> bool:
        return self.state == self.State.TRASH

    @property
    def right_to_left(self) -> bool:
        return direction_of(self.language) == "rtl"

    @property
    def lead_image_alt(self) -> str:
        """The `alt` attribute of the lead image; empty without one."""
        default = self.lead_image.alt if self.lead_image else ""
        return alt_of_use(self.lead_alt, self.lead_decorative, default)

    @property
    def lead_image_is_described(self) -> bool:
        """Whether the article itself describes it or marks it as decorative."""
        return self.lead_decorative or bool(self.lead_alt.strip())

    @property
    def description(self) -> str:
        return self.search_description or self.standfirst

    @property
    def sharing_title(self) -> str:
        """The title in link previews."""
        return self.social_title or self.headline

    @property
    def last_change(self) -> datetime | None:
        return self.updated_at or self.published_at

    @property
    def shown_update(self) -> datetime | None:
        """When the article was updated, as far as readers are told."""
        return self.updated_at if self.show_updated else None


PUBLICATION_FIELDS: Final = ("state", "publish_at", "published_at", "withdrawn_at", "year", "month")
"""Changed by `editorial.publishing` only, so that saving an old form cannot undo a publication."""

BOOKKEEPING_FIELDS: Final = ("version", "updated_at", "modified_at")
"""Set by saving itself."""

FIXED_FIELDS: Final = ("id", "translation_group", "created_by", "form_id", "created_at")
"""Not written by saving: set at creation, or by functions of their own."""


@model_policy(
    public=ALL_ROWS, personal_data=None, permissions={EDITOR: ALL_ACTIONS, REPORTER: ALL_ACTIONS}
)
class ArticleCategory(models.Model):
    """A category of an article; the first one is primary."""

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
                violation_error_message="This category is listed twice.",
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
    """A text and its translations, one article per language (`editorial.translations`)."""

    created_at = models.DateTimeField(auto_now_add=True)

    def __str__(self) -> str:
        return f"Translations {self.pk}"
