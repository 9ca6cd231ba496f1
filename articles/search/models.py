"""Search entries, synonyms, pinned results, counts of queries, and the statistics for ranking.

Triggers derive the statistics (languages, lexemes, postings, words) from the entries, in the transaction
that writes an entry (`migrations/sql/search_statistics.sql`). Totals that all entries share are not updated
by each transaction, but recorded as changes and added up later.
"""

from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone

from accounts.role_names import EDITOR
from articles.editorial.models import Article
from articles.search.query import normalise_query
from iria.core.db.fields import ActorField
from iria.core.model_policy import (
    ALL_ACTIONS,
    ALL_ROWS,
    Pruning,
    PublicRows,
    model_policy,
)
from iria.core.text.validators import validate_not_blank, validate_storable


@model_policy(
    public=PublicRows(
        # Read by searches, which depend on all entries, and by no page that depends on single rows.
        row_scope=("search_entry:", ("configuration", "vector", "text", "indexed_at"))
    ),
    personal_data=None,
)
class SearchEntry(models.Model):
    """The search vector of an article, and its plain text for snippets.

    Derived from the article (`search.indexer`); `manage.py reindex_search` recreates all rows.
    """

    article = models.OneToOneField(
        Article, on_delete=models.CASCADE, primary_key=True, related_name="search_entry"
    )
    configuration = models.CharField(
        max_length=40, db_index=True, help_text="Text search configuration of its language."
    )
    vector = SearchVectorField(
        help_text="Headline A, standfirst and tags B, text C; captions, credits, bylines D."
    )
    text = models.TextField(help_text="Standfirst, text and captions, without markup.")
    indexed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "search entries"

    def __str__(self) -> str:
        return f"Search entry of article {self.article_id}"


@model_policy(public=ALL_ROWS, personal_data="search_settings", permissions={EDITOR: ALL_ACTIONS})
class Synonyms(models.Model):
    """Words with the same meaning: a search for one of them also finds the others."""

    terms = models.CharField(
        max_length=300,
        unique=True,
        validators=[validate_storable],
        help_text="Words or phrases with the same meaning, separated by commas, such as EU, European Union. A search for one also finds the others.",
    )
    keys = ArrayField(
        models.CharField(max_length=80),
        default=list,
        blank=True,
        editable=False,
        help_text="Normalised phrases, used to compare queries.",
    )
    modified_by = ActorField(null=True, editable=False, related_name="+")
    modified_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["terms"]
        verbose_name = "set of synonyms"
        verbose_name_plural = "synonyms"
        indexes = [GinIndex(fields=["keys"], name="synonyms_keys")]

    def __str__(self) -> str:
        return self.terms

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.keys = [normalise_query(each) for each in self.phrases]
        super().save(*args, **kwargs)

    @property
    def phrases(self) -> list[str]:
        """The words or phrases as they were entered."""
        return [phrase for each in self.terms.split(",") if (phrase := " ".join(each.split()))]

    def clean(self) -> None:
        keys = [normalise_query(each) for each in self.phrases]
        message = ""
        if len(set(keys)) < 2 or len(set(keys)) < len(keys) or not all(keys):
            message = "Enter at least two different words or phrases, separated by commas."
        elif max(len(key) for key in keys) > 80 or max(key.count(" ") for key in keys) > 3:
            message = "A phrase is too long. Use at most four words and 80 characters."
        elif len(keys) > 12:
            message = "Too many phrases. Enter at most 12."
        if message:
            raise ValidationError({"terms": message})


MAX_KEY_LENGTH = 160


@model_policy(public=ALL_ROWS, personal_data="search_settings", permissions={EDITOR: ALL_ACTIONS})
class PinnedQuery(models.Model):
    """A query with pinned results."""

    query = models.CharField(
        max_length=120,
        validators=[validate_storable, validate_not_blank],
        help_text="The whole query. Case, accents and quotation marks are ignored.",
    )
    key = models.CharField(max_length=MAX_KEY_LENGTH, unique=True, editable=False)
    modified_by = ActorField(null=True, editable=False, related_name="+")
    modified_at = models.DateTimeField(auto_now=True)

    class Meta:
        ordering = ["query"]
        verbose_name = "pinned search"
        verbose_name_plural = "pinned searches"
        constraints = [models.CheckConstraint(condition=~Q(key=""), name="pinned_query_has_key")]

    def __str__(self) -> str:
        return self.query

    def save(self, *args: Any, **kwargs: Any) -> None:
        self.key = normalise_query(self.query)
        super().save(*args, **kwargs)

    def clean(self) -> None:
        key = normalise_query(self.query)
        if not key:
            message = "Enter at least one searchable word."
            raise ValidationError({"query": message})
        # Some characters become several, such as Korean syllables.
        if len(key) > MAX_KEY_LENGTH:
            message = "Too long. Shorten it."
            raise ValidationError({"query": message})
        if PinnedQuery.objects.filter(key=key).exclude(pk=self.pk).exists():
            message = "A pinned search for this query already exists."
            raise ValidationError({"query": message})


@model_policy(public=ALL_ROWS, personal_data=None, permissions={EDITOR: ALL_ACTIONS})
class PinnedResult(models.Model):
    """An article that is the first result of a query, while it is published."""

    query = models.ForeignKey(PinnedQuery, on_delete=models.CASCADE, related_name="results")
    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="pinned_results")
    position = models.PositiveSmallIntegerField(default=0, help_text="Lower numbers come first.")

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "pinned article"
        verbose_name_plural = "pinned articles"
        constraints = [
            models.UniqueConstraint(
                fields=["query", "article"],
                name="pinned_result_once",
                violation_error_message="This article is already pinned.",
            ),
        ]

    def __str__(self) -> str:
        return str(self.article)


@model_policy(
    public=None,
    personal_data="search_queries",
    permissions={EDITOR: "view"},
    pruning=Pruning(
        "search.forget", "Deleted after 400 days; after 30 if the query was made once."
    ),
)
class QueryCount(models.Model):
    """How often a query was made on a day, without anything about who searched.

    Queries that could identify a person are not counted (`search.query_counts`).
    """

    day = models.DateField()
    query = models.CharField(max_length=60)
    searches = models.PositiveIntegerField(default=0)
    results = models.PositiveIntegerField(
        default=0, help_text="Results of the last search of the day."
    )
    clicks = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-day", "-searches", "query"]
        verbose_name_plural = "search queries"
        constraints = [
            models.UniqueConstraint(fields=["day", "query"], name="search_count_once"),
        ]

    def __str__(self) -> str:
        return f"{self.query} on {self.day:%d.%m.%Y}"


@model_policy(public=None, personal_data=None)
class SearchLanguage(models.Model):
    """The number and total length of the entries of a text search configuration."""

    configuration = models.CharField(max_length=40, primary_key=True)
    articles = models.IntegerField()
    length = models.FloatField(help_text="Total length of all entries in words.")
    mean = models.FloatField(
        help_text="Mean length used for the weights of the postings. The actual mean may differ slightly (see search.index.statistics.refresh)."
    )

    def __str__(self) -> str:
        return self.configuration


@model_policy(public=None, personal_data=None)
class SearchLexeme(models.Model):
    """A stem of a configuration, and the number of entries with it."""

    id = models.AutoField(primary_key=True)
    configuration = models.CharField(max_length=40)
    word = models.TextField()
    articles = models.IntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["configuration", "word"], name="search_lexeme_once")
        ]

    def __str__(self) -> str:
        return self.word


@model_policy(public=None, personal_data=None)
class SearchPosting(models.Model):
    """A stem in an article, with its weight.

    The weight is that of BM25+, by the frequency of the stem and the length of the article, without
    the inverse document frequency. The primary key includes the weight, so that queries use index-only
    scans. There are no foreign keys, because only triggers write here and the checks would be slow.
    """

    pk = models.CompositePrimaryKey("lexeme_id", "article_id")
    lexeme = models.ForeignKey(
        SearchLexeme, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    article = models.ForeignKey(
        SearchEntry, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )
    weight = models.FloatField()

    def __str__(self) -> str:
        return f"{self.lexeme_id} in {self.article_id}"


@model_policy(
    public=None,
    personal_data=None,
    pruning=Pruning("search.catch_up", "Deleted when they are added up."),
)
class SearchChange(models.Model):
    """A change of the numbers of a language and its lexemes that is not added up yet."""

    configuration = models.CharField(max_length=40)
    articles = models.SmallIntegerField(
        help_text="1: added to an article; -1: removed from an article."
    )
    length = models.FloatField()
    lexemes = ArrayField(models.IntegerField())

    def __str__(self) -> str:
        return f"{self.articles:+} in {self.configuration}"


@model_policy(public=None, personal_data=None)
class SearchWord(models.Model):
    """A word as it is spelt, for spelling suggestions; its frequency is that of its stem."""

    configuration = models.CharField(max_length=40)
    word = models.TextField()
    lexeme = models.ForeignKey(
        SearchLexeme, models.DO_NOTHING, db_constraint=False, db_index=False, related_name="+"
    )

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["word", "configuration"], name="search_word_once")
        ]
        indexes = [GinIndex(fields=["word"], name="search_word_like", opclasses=["gin_trgm_ops"])]

    def __str__(self) -> str:
        return self.word
