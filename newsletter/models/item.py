"""What an issue is made of: articles at their places, and the links that it counts."""

from django.db import models

from articles.editorial.models import Article
from iria.kit.text import refuse_unstorable
from newsletter.models.issue import Issue

HEADING_MAX_LENGTH = 80


class IssueLink(models.Model):
    """A link in an issue that counts them, and how often it was opened; by whom is not known."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="links")
    number = models.PositiveSmallIntegerField()
    address = models.CharField(max_length=2100)
    opened = models.PositiveIntegerField(default=0)

    class Meta:
        ordering = ["-opened", "number"]
        constraints = [
            models.UniqueConstraint(fields=["issue", "number"], name="issue_link_once"),
        ]

    def __str__(self) -> str:
        return f"{self.address}: {self.opened}"


class IssueItem(models.Model):
    """An article in an issue, at its place; with a heading, it begins a section."""

    issue = models.ForeignKey(Issue, on_delete=models.CASCADE, related_name="items")
    article = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        related_name="+",
        limit_choices_to={"state": Article.State.PUBLISHED},
    )
    position = models.PositiveSmallIntegerField(
        default=0, help_text="The first one stands on top with its picture large."
    )
    heading = models.CharField(
        max_length=HEADING_MAX_LENGTH,
        blank=True,
        validators=[refuse_unstorable],
        help_text="Begins a section above this article; left empty, it belongs to the one before.",
    )

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "article"
        constraints = [
            models.UniqueConstraint(
                fields=["issue", "article"],
                name="issue_article_once",
                violation_error_message="This article is chosen twice.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.article}"
