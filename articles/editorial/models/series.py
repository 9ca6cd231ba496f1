"""Series of articles."""

from django.db import models

from accounts.role_names import EDITOR
from articles.editorial.models.article import Article
from iria.core.model_policy import ALL_ACTIONS, ALL_ROWS, model_policy
from iria.core.text.validators import validate_not_blank, validate_storable


@model_policy(public=ALL_ROWS, personal_data=None, permissions={EDITOR: ALL_ACTIONS})
class Series(models.Model):
    """A series: its name, and its parts in their order."""

    name = models.CharField(
        max_length=120,
        unique=True,
        validators=[validate_storable, validate_not_blank],
        help_text="Shown above each of its articles.",
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["name"]
        verbose_name_plural = "series"

    def __str__(self) -> str:
        return self.name


@model_policy(public=ALL_ROWS, personal_data=None, permissions={EDITOR: ALL_ACTIONS})
class SeriesPart(models.Model):
    """An article in a series; an article is in one series at most."""

    series = models.ForeignKey(Series, on_delete=models.CASCADE, related_name="parts")
    article = models.OneToOneField(
        Article,
        on_delete=models.CASCADE,
        related_name="series_part",
        error_messages={"unique": "This article is already part of a series."},
    )
    position = models.PositiveSmallIntegerField(
        null=True,
        blank=True,
        help_text="Lower numbers come first, parts without one last; equal ones are ordered by "
        "publication date.",
    )

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "part"

    def __str__(self) -> str:
        return str(self.article)
