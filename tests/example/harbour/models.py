from django.db import models

from accounts.role_names import EDITOR, REPORTER
from articles.editorial.models import Article
from iria.core.model_policy import ALL_ACTIONS, ALL_ROWS, model_policy


# A field of articles that IRIA does not have is a table with a key to the article.
@model_policy(
    public=ALL_ROWS,
    personal_data=None,
    permissions={EDITOR: ALL_ACTIONS, REPORTER: "view add change"},
)
class DataSource(models.Model):
    """Where the figures of an article come from."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="data_sources")
    name = models.CharField(max_length=200)
    url = models.URLField("URL")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "url"], name="data_source_once_per_article")
        ]

    def __str__(self) -> str:
        return self.name


@model_policy(public=None, personal_data=None)
class PublishedNote(models.Model):
    """An article that was published since this app is installed, as the signal said."""

    article_id = models.BigIntegerField(unique=True)

    def __str__(self) -> str:
        return str(self.article_id)
