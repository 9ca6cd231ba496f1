"""Related articles: computed links, exclusions and terms; editors' picks belong to the article."""

from typing import Final

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q

from articles.editorial.models import Article
from iria.core.db.fields import ActorField
from iria.core.model_policy import PublicRows, model_policy

RELATED_SCOPE: Final = "related:"


@model_policy(
    public=PublicRows(scope="related", scope_per_value=(RELATED_SCOPE, "article_id")),
    personal_data=None,
)
class RelatedLink(models.Model):
    """A computed neighbour, with its score and reasons."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="related_links")
    other = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="related_from")
    score = models.FloatField()
    position = models.PositiveSmallIntegerField(help_text="0 is the most similar.")
    reasons = models.JSONField(default=dict, help_text="What the two articles share, by name.")

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


@model_policy(public=None, personal_data="related_articles")
class RelatedExclusion(models.Model):
    """An article that an editor excluded from the related articles of another."""

    article = models.ForeignKey(
        Article, on_delete=models.CASCADE, related_name="related_exclusions"
    )
    other = models.ForeignKey(
        Article,
        on_delete=models.CASCADE,
        related_name="excluded_from",
        verbose_name="excluded article",
    )
    created_by = ActorField(null=True, editable=False)
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        ordering = ["-created_at", "-pk"]
        verbose_name = "excluded article"
        verbose_name_plural = "excluded article"
        constraints = [
            models.UniqueConstraint(
                fields=["article", "other"],
                name="related_exclusion_once",
                violation_error_message="This article is already excluded.",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} without {self.other_id}"


@model_policy(public=None, personal_data=None)
class TextLink(models.Model):
    """A link in the text of an article to another article."""

    article = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="text_links")
    other = models.ForeignKey(Article, on_delete=models.CASCADE, related_name="linked_from")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["article", "other"], name="text_link_once"),
            models.CheckConstraint(
                condition=~Q(article=F("other")), name="text_link_not_to_itself"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.article_id} → {self.other_id}"


@model_policy(public=None, personal_data=None)
class ArticleTerms(models.Model):
    """The words of a published article as numbers, from which neighbours are computed.

    They are independent of the search index, so that changes of the search do not affect them.
    """

    article = models.OneToOneField(
        Article, on_delete=models.CASCADE, primary_key=True, related_name="terms"
    )
    language = models.CharField(max_length=8)
    headline = ArrayField(models.IntegerField(), help_text="Stems of the headline.")
    stems = ArrayField(
        models.IntegerField(),
        help_text="Stems of headline, standfirst and text in order; 0 marks a break.",
    )
    norm = models.FloatField(default=0, help_text="Norm of the word vector.")
    pair_norm = models.FloatField(default=0, help_text="Norm of the word pair vector.")
    recorded_at = models.DateTimeField(auto_now=True, db_index=True)

    class Meta:
        verbose_name_plural = "article terms"
        # Without a pending list, because scanning it costs more than a slower save.
        indexes = [GinIndex(fields=["stems"], name="article_terms_by_word", fastupdate=False)]

    def __str__(self) -> str:
        return f"Terms of article {self.article_id}"


@model_policy(public=None, personal_data=None)
class DocumentFrequency(models.Model):
    """The number of articles with a word or a pair of words; rarer ones are not stored.

    Updated from time to time only, because the weights are logarithmic.
    """

    number = models.BigIntegerField(primary_key=True)
    articles = models.PositiveIntegerField()

    class Meta:
        verbose_name_plural = "document frequencies"

    def __str__(self) -> str:
        return f"{self.number}: {self.articles}"
