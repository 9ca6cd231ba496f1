"""Views of articles by day, without data about readers."""

from django.db import models

from articles.editorial.models import Article
from iria.core.model_policy import ALL_ROWS, Pruning, model_policy


@model_policy(
    public=None,
    personal_data=None,
    pruning=Pruning("popular.delete_old_views", "Deleted after 400 days."),
)
class ArticleViews(models.Model):
    """The views of an article on a day in the publication's time zone."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="views_by_day")
    day = models.DateField()
    views = models.PositiveIntegerField(default=1)

    class Meta:
        verbose_name_plural = "article views"
        constraints = [
            models.UniqueConstraint(fields=["day", "article"], name="article_views_once_a_day"),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} on {self.day}: {self.views}"


@model_policy(public=ALL_ROWS, personal_data=None)
class MostRead(models.Model):
    """A most-read article of its language; the worker updates the list."""

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="most_read")
    language = models.CharField(max_length=8)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["language", "position"]
        verbose_name_plural = "most read"

    def __str__(self) -> str:
        return f"{self.language} {self.position}: {self.article_id}"
