"""Who signs an article, and in which order."""

from collections.abc import Iterable

from django.db import transaction

from accounts.models import AuthorProfile
from articles.editorial.models import Article, Byline


def sign(article: Article, authors: Iterable[AuthorProfile]) -> None:
    """Puts these authors' names to the article, in this order; signing again changes nothing."""
    wanted = [author.pk for author in authors]
    with transaction.atomic():
        if list(article.bylines.values_list("author", flat=True)) == wanted:
            return
        article.bylines.all().delete()
        Byline.objects.bulk_create(
            Byline(article=article, author_id=pk, position=position)
            for position, pk in enumerate(wanted)
        )
