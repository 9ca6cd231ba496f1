"""The statistics for ranking: languages, lexemes, postings, words.

Triggers derive them from the entries, in the transaction that writes an entry
(`migrations/sql/search_statistics.sql`). Totals that all entries share are not updated by each
transaction, but recorded as changes and added up later.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from articles.search.models import SearchEntry
from iria.core.model_policy import Pruning, model_policy


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
