"""What to read next: the editors' picks, and what was computed."""

from django.contrib.postgres.indexes import GinIndex
from django.contrib.postgres.search import SearchVectorField
from django.db import models
from django.db.models import F, Q

from articles.editorial.models import Article


class RelatedPick(models.Model):
    """An article that an editor wants read next; picks stand before everything computed."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="related_picks")
    picked = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        related_name="picked_by",
        help_text="Shown while it is published. Places left over are filled by computation.",
    )
    position = models.PositiveSmallIntegerField(default=0)

    class Meta:
        ordering = ["position", "pk"]
        verbose_name = "pick to read next"
        verbose_name_plural = "picks to read next"
        constraints = [
            models.UniqueConstraint(
                fields=["article", "picked"],
                name="related_pick_once",
                violation_error_message="This article is picked twice.",
            ),
            models.CheckConstraint(
                condition=~Q(article=F("picked")),
                name="related_pick_not_itself",
                violation_error_message="An article cannot be picked to follow itself.",
            ),
        ]

    def __str__(self) -> str:
        return f"Pick {self.position + 1}"


class RelatedLink(models.Model):
    """A computed neighbour, with its score and the reasons for it; follows from the articles."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="related_links")
    other = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="related_from")
    score = models.FloatField()
    position = models.PositiveSmallIntegerField(help_text="0 for the nearest.")
    reasons = models.JSONField(
        default=dict, help_text="What the two share: words, tags, categories, authors, days apart."
    )

    class Meta:
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(fields=["article", "other"], name="related_link_once"),
            models.CheckConstraint(
                condition=~Q(article=F("other")), name="related_link_not_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} → {self.other_id}"


class ArticleTerms(models.Model):
    """The stems of a published article, from which neighbours are computed.

    Related articles own their words: search may change how it indexes without moving them.
    """

    article = models.OneToOneField(
        Article, on_delete=models.CASCADE, primary_key=True, related_name="terms"
    )
    vector = SearchVectorField(help_text="Headline A, standfirst B, text C.")
    length = models.PositiveIntegerField(help_text="Words counted by their weight.")

    class Meta:
        verbose_name_plural = "article terms"
        indexes = [GinIndex(fields=["vector"], name="article_terms_words")]

    def __str__(self) -> str:
        return f"Terms of article {self.article_id}"
