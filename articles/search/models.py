"""What search knows of an article."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.utils import timezone

from articles.editorial.models import Article


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
        help_text="Headline A, standfirst B, text C; captions, credits, bylines, tags D."
    )
    text = models.TextField(help_text="Standfirst, text and captions, without markup.")
    indexed_at = models.DateTimeField(default=timezone.now)

    class Meta:
        verbose_name_plural = "search entries"
        indexes = [GinIndex(fields=["vector"], name="search_entry_words")]

    def __str__(self) -> str:
        return f"Entry of article {self.article_id}"
