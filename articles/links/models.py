"""The internal links in texts."""

from django.db import models
from django.db.models import Q

from iria.core.model_policy import model_policy


@model_policy(public=None, personal_data=None)
class InternalLink(models.Model):
    """A link in the text of an article or a page, once for each target.

    The row of a published article is about what readers see. The target has no foreign key: the link
    stays, broken, when it is deleted.
    """

    article = models.ForeignKey(
        "articles.Article",
        on_delete=models.CASCADE,
        null=True,
        db_index=False,
        related_name="internal_links",
        help_text="The article with the link; empty if a page has it.",
    )
    page = models.ForeignKey(
        "articles.Page",
        on_delete=models.CASCADE,
        null=True,
        db_index=False,
        related_name="internal_links",
        help_text="The page with the link; empty if an article has it.",
    )
    target_kind = models.CharField(max_length=16)
    target_id = models.BigIntegerField()

    class Meta:
        # The unique constraints are indexes of the foreign keys too.
        constraints = [
            models.CheckConstraint(
                condition=Q(article__isnull=False, page__isnull=True)
                | Q(article__isnull=True, page__isnull=False),
                name="internal_link_has_one_source",
            ),
            models.UniqueConstraint(
                fields=["article", "target_kind", "target_id"], name="internal_link_once_an_article"
            ),
            models.UniqueConstraint(
                fields=["page", "target_kind", "target_id"], name="internal_link_once_a_page"
            ),
        ]
        indexes = [models.Index(fields=["target_kind", "target_id"], name="internal_link_target")]

    def __str__(self) -> str:
        return f"{self.article_id or f'page {self.page_id}'} → {self.target_kind} {self.target_id}"
