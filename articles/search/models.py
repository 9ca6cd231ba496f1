"""What search knows of an article."""

from typing import Any

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.roles import EDITOR
from articles.editorial.models import Article
from articles.search import privacy
from articles.search.query.parser import key_of
from iria.core.model_policy import ALL_ACTIONS, ALL_ROWS, model_policy
from iria.core.text.validators import validate_not_blank, validate_storable


@model_policy(public=ALL_ROWS, personal_data=None)
class SearchEntry(models.Model):
    """An article's words as PostgreSQL finds them, and its plain text for excerpts.

    Follows from the article (`search.indexing`); losing every row loses nothing that
    `manage.py reindex_search` does not bring back.
    """

    article = models.OneToOneField(
        Article, on_delete=models.CASCADE, primary_key=True, related_name="search_entry"
    )
    configuration = models.CharField(
        max_length=40, db_index=True, help_text="The text search configuration of its language."
    )
    vector = SearchVectorField(
        help_text="Headline A, standfirst and tags B, text C; captions, credits, bylines D."
    )
    text = models.TextField(help_text="Standfirst, text and captions, without markup.")
    indexed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "search entries"

    def __str__(self) -> str:
        return f"Entry of article {self.article_id}"


@model_policy(public=ALL_ROWS, personal_data=privacy.SETTINGS, permissions={EDITOR: ALL_ACTIONS})
class Synonyms(models.Model):
    """Words that mean the same; whoever searches for one of them finds the others too."""

    words = models.CharField(
        max_length=300,
        unique=True,
        validators=[validate_storable],
        help_text="Words or phrases that mean the same, with commas between: EU, European Union. "
        "Whoever searches for one of them finds the others too.",
    )
    keys = ArrayField(
        models.CharField(max_length=80),
        default=list,
        blank=True,
        editable=False,
        help_text="Each of them as queries are compared (search.keys).",
    )
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["words"]
        verbose_name = "set of synonyms"
        verbose_name_plural = "synonyms"
        indexes = [GinIndex(fields=["keys"], name="synonyms_keys")]

    def __str__(self) -> str:
        return self.words

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.keys = [key_of(each) for each in self.phrases]
        super().save(*args, **kwargs)

    @property
    def phrases(self) -> list[str]:
        """Each of the words or phrases as it was written."""
        return [phrase for each in self.words.split(",") if (phrase := " ".join(each.split()))]

    def clean(self) -> None:
        keys = [key_of(each) for each in self.phrases]
        sentence = ""
        if len(set(keys)) < 2 or len(set(keys)) < len(keys) or not all(keys):
            sentence = "Write at least two different words or phrases, with commas between."
        elif max(len(key) for key in keys) > 80 or max(key.count(" ") for key in keys) > 3:
            sentence = "One of these phrases is too long; four words are the most."
        elif len(keys) > 12:
            sentence = "These are too many; twelve are the most."
        if sentence:
            raise ValidationError({"words": sentence})


@model_policy(public=ALL_ROWS, personal_data=privacy.SETTINGS, permissions={EDITOR: ALL_ACTIONS})
class PinnedQuery(models.Model):
    """A query for which editors chose what stands first."""

    words = models.CharField(
        "search words",
        max_length=120,
        validators=[validate_storable, validate_not_blank],
        help_text="What readers type, whole. Capitals, accents and quotes make no difference.",
    )
    key = models.CharField(max_length=160, unique=True, editable=False)
    made_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.SET_NULL,
        null=True,
        editable=False,
        related_name="+",
    )
    made_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["words"]
        verbose_name = "pinned search"
        verbose_name_plural = "pinned searches"
        constraints = [models.CheckConstraint(condition=~Q(key=""), name="pinned_query_has_key")]

    def __str__(self) -> str:
        return self.words

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = key_of(self.words)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        key = key_of(self.words)
        if not key:
            sentence = "Write at least one word that could be searched for."
            raise ValidationError({"words": sentence})
        if PinnedQuery.objects.filter(key=key).exclude(pk=self.pk).exists():
            sentence = "There is a pinned search for these words already."
            raise ValidationError({"words": sentence})


@model_policy(public=ALL_ROWS, personal_data=None, permissions={EDITOR: ALL_ACTIONS})
class PinnedResult(models.Model):
    """An article that stands first for a query, while it is published."""

    query = models.ForeignKey(PinnedQuery, on_delete=models.CASCADE, related_name="results")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="pinned_results")
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers stand first.")

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "article that stands first"
        verbose_name_plural = "articles that stand first"
        constraints = [
            models.UniqueConstraint(
                fields=["query", "article"],
                name="pinned_result_once",
                violation_error_message="This article is pinned twice.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.article)


@model_policy(public=None, personal_data=privacy.QUERIES, permissions={EDITOR: "view"})
class SearchCount(models.Model):
    """How often readers searched for some words on one day. Nothing tells who they were.

    Words that could tell are not kept at all (`search.counting`).
    """

    day = models.DateField()
    words = models.CharField(max_length=60)
    searches = models.PositiveIntegerField(default=0)
    found = models.PositiveIntegerField(
        default=0, help_text="Articles, at the last search of the day."
    )
    opened = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day", "-searches", "words"]
        verbose_name_plural = "searches of readers"
        constraints = [
            models.UniqueConstraint(fields=["day", "words"], name="search_count_once"),
        ]

    def __str__(self) -> str:
        return f"{self.words} on {self.day:%d.%m.%Y}"
