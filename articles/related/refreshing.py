"""Computing what stands below an article, and below those it comes near to."""

from typing import Final

from django.db import transaction

from articles.editorial.models import Article
from articles.related import scoring, terms
from articles.related.models import RelatedLink

KEPT: Final = 8
"""More than are shown, so that a withdrawal leaves no gap until the worker has been there."""


def refresh(article_id: int) -> None:
    """After a publication, a change or a withdrawal: the article's neighbours, and theirs."""
    before = _touching(article_id)
    with transaction.atomic():
        article = _readable(article_id)
        if article is None:
            terms.forget(article_id)
        else:
            terms.record(article)
    recompute(article_id)
    for other_id in sorted(before | _touching(article_id)):
        recompute(other_id)


def refresh_all() -> int:
    """Reads and compares every published article anew; returns how many."""
    published = list(Article.objects.published().order_by("pk").values_list("pk", flat=True))
    unreadable = Article.objects.exclude(pk__in=Article.objects.published())
    RelatedLink.objects.filter(article__in=unreadable).delete()
    for article_id in unreadable.filter(terms__isnull=False).values_list("pk", flat=True):
        terms.forget(article_id)
    for article_id in published:
        with transaction.atomic():
            if article := _readable(article_id):
                terms.record(article)
    for article_id in published:
        recompute(article_id)
    return len(published)


def recompute(article_id: int) -> None:
    """Writes the links of one article anew, from the stems as they are recorded."""
    with transaction.atomic():
        # Locked, so that two workers do not both write the links of one article.
        article = Article.objects.select_for_update(no_key=True).filter(pk=article_id).first()
        RelatedLink.objects.filter(article_id=article_id).delete()
        if article is None or not article.is_published:
            return
        RelatedLink.objects.bulk_create(
            RelatedLink(
                article=article,
                other_id=neighbour.article_id,
                score=neighbour.score,
                position=position,
                reasons=neighbour.reasons,
            )
            for position, neighbour in enumerate(scoring.neighbours(article, limit=KEPT))
        )


def _readable(article_id: int) -> Article | None:
    locked = Article.objects.select_for_update(no_key=True, of=("self",)).published()
    found: Article | None = locked.filter(pk=article_id).for_words().first()
    return found


def _touching(article_id: int) -> set[int]:
    """The articles this one leads to, and those that lead to it."""
    to = RelatedLink.objects.filter(article_id=article_id).values_list("other_id", flat=True)
    back = RelatedLink.objects.filter(other_id=article_id).values_list("article_id", flat=True)
    return {*to, *back}
