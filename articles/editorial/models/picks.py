"""The articles that editors pick for “Read next”."""

from typing import Final

from django.db import models
from django.db.models import F, Q

from accounts.role_names import EDITOR, REPORTER
from articles.editorial.models.article import Article
from iria.core.model_policy import ALL_ACTIONS, ALL_ROWS, model_policy

MAX_PICKS: Final = 4
"""As many as the page of an article shows."""


@model_policy(
    public=ALL_ROWS, personal_data=None, permissions={EDITOR: ALL_ACTIONS, REPORTER: ALL_ACTIONS}
)
class RelatedPick(models.Model):
    """A manual pick for “Read next”; picks come before computed articles."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="related_picks")
    picked = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        related_name="picked_by",
        help_text="Shown while it is published. Remaining places are filled automatically.",
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "manual pick"
        verbose_name_plural = "manual picks"
        constraints = [
            models.UniqueConstraint(
                fields=["article", "picked"],
                name="related_pick_once",
                violation_error_message="This article is already a manual pick.",
            ),
            models.CheckConstraint(
                condition=~Q(article=F("picked")),
                name="related_pick_not_itself",
                violation_error_message="Choose a different article: an article cannot be its own pick.",
            ),
        ]

    def __str__(self) -> str:
        return f"Pick {self.position + 1}"
