"""How often an article was read, by day; nothing about who read it."""

from django.db import models

from articles.editorial.models import Article
from iria.core.model_policy import ALL_ROWS, model_policy


@model_policy(public=None, personal_data=None)
class ArticleViews(models.Model):
    """How often an article was opened on a day of the publication's calendar."""

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
    """An article on the list of what is read most in its language; the worker keeps the list."""

    article = models.OneToOneField(Article, on_delete=models.CASCADE, related_name="most_read")
    language = models.CharField(max_length=8)
    position = models.PositiveSmallIntegerField()

    class Meta:
        ordering = ["language", "position"]
        verbose_name_plural = "most read"

    def __str__(self) -> str:
        return f"{self.language} {self.position}: {self.article_id}"
