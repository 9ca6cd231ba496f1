"""What ranking knows of the articles' words.

All of it follows from the entries, kept by triggers (`migrations/sql/search_statistics.sql`)
within the transaction that writes an entry, whoever writes it.

What all articles share is not written by each: it stands beside as a change, until somebody adds it up.
"""

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models

from articles.search.models import SearchEntry
from iria.core.model_policy import model_policy


@model_policy(public=None, personal_data=None)
class SearchLanguage(models.Model):
    """How many entries are read by a text search configuration, and how long they are together."""

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
    """A stem of one language, and in how many entries it stands."""

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
    """That a stem stands in an article, and how much that says.

    The weight is what BM25+ makes of how often it stands there and how long the article is; the
    stem's rarity is left to the query. The primary key holds the weight too, so that a query reads
    nothing but the index. There are no foreign keys: two checks a row would cost more than the row,
    and nothing but the triggers writes here.
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


@model_policy(public=None, personal_data=None)
class SearchChange(models.Model):
    """What one saving did to the numbers of a language and its lexemes, not yet added to them."""

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
    """A word as it is written, for “did you mean”; known once seen, as frequent as its stem is."""

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
