"""The field for the articles that editors pick for “Read next”."""

from collections.abc import Collection, Iterable
from typing import Any

from django.core.exceptions import ValidationError

from articles.editorial.admin.article_chooser_field import Listed
from articles.editorial.admin.fields import InOrderField
from articles.editorial.models import Article
from articles.editorial.models.picks import MAX_PICKS
from articles.editorial.models.querysets import ArticleQuerySet


class PicksField(InOrderField[Article]):
    def __init__(self) -> None:
        super().__init__(
            Article.objects.all(),
            "picks",
            row="Article",
            most=MAX_PICKS,
            label="Picked articles",
            help_text="Shown first, while they are published. The remaining places are filled "
            "automatically.",
        )

    def offer_articles(self, seen: Iterable[Listed], chosen: Iterable[int]) -> None:
        """Articles that the user may see, and those that are chosen."""
        labels = {row.pk: str(row) for row in seen}
        labels |= {pk: f"Article {pk}" for pk in chosen if pk not in labels}
        self.offer((pk, label, label) for pk, label in labels.items())


def check_picks(
    picked: Collection[Article], article: Article | None, *, seen: ArticleQuerySet, before: Any
) -> None:
    """Whether this user may pick them for this article.

    Args:
        seen: the articles that the user may see.
        before: the ids of those that are picked already, which may stay.

    Raises:
        ValidationError: with what to do.
    """
    ids = {each.pk for each in picked}
    if article is not None and article.pk in ids:
        message = "An article cannot be picked for itself. Choose a different one."
        raise ValidationError(message, code="itself")
    new = ids - set(before)
    if new and seen.filter(pk__in=new).count() != len(new):
        message = "One of the articles cannot be picked. Check them and choose again."
        raise ValidationError(message, code="unseen")
