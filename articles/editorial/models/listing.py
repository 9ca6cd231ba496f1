"""Entries and counts of lists of published articles, and saved views of the article list.

Triggers maintain entries and counts (`migrations/sql/listings.sql`); nothing else writes to them. The
reasons are in docs/decisions/listings.md.
"""

from datetime import datetime
from typing import Final

from django.conf import settings
from django.db import models
from django.utils import timezone

from articles.editorial.models.article import Article
from iria.core.model_policy import Pruning, PublicRows, model_policy
from iria.core.text.validators import validate_not_blank, validate_storable


class Scope(models.TextChoices):
    """What a list is a list of; its target is the id of that row."""

    ALL = "all", "All articles; the target is 0"
    YEAR = "year", "A year, as in the articles' URLs"
    MONTH = "month", "A month, as 202603"
    TYPE = "type", "A type of article"
    CATEGORY = "category", "A category and its subcategories"
    PRIMARY = "primary", "A primary category"
    TAG = "tag", "A tag"
    AUTHOR = "author", "An author"


class ListingEntryQuerySet(models.QuerySet["ListingEntry"]):
    def visible(self, now: datetime | None = None) -> "ListingEntryQuerySet":
        return self.filter(published_at__lte=now or timezone.now())

    def newest(self) -> "ListingEntryQuerySet":
        return self.order_by("-published_at", "-article")


@model_policy(public=None, personal_data=None)
class ListingEntry(models.Model):
    """A published article in one list; not visible before its publication time."""

    pk = models.CompositePrimaryKey("article", "scope", "target")
    article = models.ForeignKey(
        Article,
        on_delete=models.DO_NOTHING,
        db_constraint=False,
        db_index=False,
        related_name="listing_entries",
    )
    scope = models.CharField(max_length=8, choices=Scope)
    target = models.BigIntegerField()
    language = models.CharField(max_length=8)
    published_at = models.DateTimeField()

    objects = ListingEntryQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["scope", "target", "-published_at", "-article"], name="listing_newest"
            ),
            models.Index(
                fields=["scope", "target", "language", "-published_at", "-article"],
                name="listing_newest_in_language",
            ),
        ]

    def __str__(self) -> str:
        return f"Article {self.article_id} in {self.scope} {self.target}"


class ListingCountQuerySet(models.QuerySet["ListingCount"]):
    def visible(self, now: datetime | None = None) -> "ListingCountQuerySet":
        return self.filter(visible_from__lte=now or timezone.now())


@model_policy(public=None, personal_data=None)
class ListingCount(models.Model):
    """How many articles a list has: the sum of its visible rows.

    Every change adds rows, so that transactions do not block each other; the worker adds them up
    (`editorial.listings.add_up`). Period 0 is the whole list, 202603 what was published in March
    2026 (UTC), which finds the start of a deep page.
    """

    scope = models.CharField(max_length=8, choices=Scope)
    target = models.BigIntegerField()
    language = models.CharField(max_length=8)
    period = models.IntegerField(default=0)
    articles = models.IntegerField()
    visible_from = models.DateTimeField()
    added_up = models.BooleanField(default=False)

    objects = ListingCountQuerySet.as_manager()

    class Meta:
        indexes = [
            models.Index(
                fields=["scope", "target", "language"],
                include=["articles", "visible_from"],
                condition=models.Q(period=0),
                name="listing_count",
            ),
            models.Index(
                fields=["scope", "target", "period"],
                condition=models.Q(period__gt=0),
                name="listing_count_by_month",
            ),
            models.Index(
                fields=["visible_from"],
                condition=models.Q(added_up=False),
                name="listing_count_to_add_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.articles} in {self.scope} {self.target}"


@model_policy(
    # Deleted when the worker has listed the article, which changes no other table with triggers.
    public=PublicRows(inserts=False),
    personal_data=None,
    pruning=Pruning("editorial.keep_listings", "Deleted when the article is listed again."),
)
class ListingRecheck(models.Model):
    """An article whose lists changed while it was locked; the worker lists it again."""

    article = models.ForeignKey(
        Article, on_delete=models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )

    def __str__(self) -> str:
        return f"Article {self.article_id}"


MAX_VIEWS: Final = 12
"""The number of views of each user."""


@model_policy(public=None, personal_data="saved_views")
class SavedView(models.Model):
    """Search, filters and order of the article list, under a name; only its user sees it."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="saved_views"
    )
    name = models.CharField(max_length=40, validators=[validate_storable, validate_not_blank])
    query = models.CharField(max_length=1000, help_text="The query string of the list.")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["user", "name"], name="saved_view_name_once")
        ]

    def __str__(self) -> str:
        return self.name
