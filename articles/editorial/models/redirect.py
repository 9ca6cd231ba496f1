"""Redirects from old URLs."""

from django.db import models
from django.db.models import Q
from taggit.models import Tag

from accounts.models import AuthorProfile
from accounts.role_names import EDITOR
from articles.editorial.models.article import Article
from articles.editorial.models.taxonomy import Category
from iria.core.model_policy import ALL_ROWS, model_policy


@model_policy(public=ALL_ROWS, personal_data=None, permissions={EDITOR: "view"})
class Redirect(models.Model):
    """An old path and its target.

    It refers to the target, not to its new URL, so a second move makes no chain.
    """

    old_path = models.CharField(max_length=500, unique=True)
    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, null=True, blank=True, related_name="redirects"
    )
    category = models.ForeignKey(
        Category, on_delete=models.CASCADE, null=True, blank=True, related_name="redirects"
    )
    author = models.ForeignKey(
        AuthorProfile, on_delete=models.CASCADE, null=True, blank=True, related_name="redirects"
    )
    tag = models.ForeignKey(
        Tag, on_delete=models.CASCADE, null=True, blank=True, related_name="redirects"
    )
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(
                    article__isnull=False,
                    category__isnull=True,
                    author__isnull=True,
                    tag__isnull=True,
                )
                | Q(
                    article__isnull=True,
                    category__isnull=False,
                    author__isnull=True,
                    tag__isnull=True,
                )
                | Q(
                    article__isnull=True,
                    category__isnull=True,
                    author__isnull=False,
                    tag__isnull=True,
                )
                | Q(
                    article__isnull=True,
                    category__isnull=True,
                    author__isnull=True,
                    tag__isnull=False,
                ),
                name="redirect_has_one_target",
            ),
        ]

    def __str__(self) -> str:
        return self.old_path

    @property
    def target(self) -> "Article | Category | AuthorProfile | Tag":
        found = self.article or self.category or self.author or self.tag
        assert found is not None  # noqa: S101 - by the constraint
        return found
