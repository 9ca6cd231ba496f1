"""Recomputes the related articles of an article and of its neighbours."""

from itertools import batched
from typing import Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from articles.editorial.models import Article
from articles.related import reasons, scoring, similarity
from articles.related.models import ArticleTerms, RelatedLink, TextLink

SCORE_DIGITS: Final = 3
MAX_NEIGHBOURS: Final = 8
"""More than are shown, so that an unpublished one can be replaced before the worker recomputes."""

MAX_PER_NIGHT: Final = 3000
"""Articles recomputed per night, those with the oldest results first."""


def refresh(article_id: int) -> None:
    """Recomputes an article after it was published, changed or unpublished, and its neighbours."""
    before = _linked_ids(article_id)
    if article := _record(article_id):
        if similarity.has_outgrown(article.language):
            _update_frequencies()
        similarity.update_norms(ArticleTerms.objects.filter(article=article))
    recompute(article_id)
    for other_id in sorted(before | _linked_ids(article_id)):
        recompute(other_id)


def refresh_all() -> int:
    """Recomputes all published articles; returns how many."""
    return _refresh(Article.objects.published().order_by("pk"))


def refresh_imported(article_ids: list[int]) -> int:
    """Recomputes articles that were imported together, without their neighbours; returns how many."""
    return _refresh(Article.objects.published().filter(pk__in=article_ids).order_by("pk"))


def refresh_oldest() -> int:
    """Recomputes the document frequencies and the oldest results; returns how many articles."""
    oldest_first = F("terms__recorded_at").asc(nulls_first=True)
    return _refresh(Article.objects.published().order_by(oldest_first, "pk")[:MAX_PER_NIGHT])


def record_articles(articles: QuerySet[Article]) -> list[int]:
    """Records the terms and links of articles, and document frequencies; returns the ids."""
    article_ids = list(articles.values_list("pk", flat=True))
    for article_id in article_ids:
        _record(article_id)
    similarity.update_document_frequencies()
    for batch in batched(article_ids, similarity.BATCH_SIZE):
        # In batches, because a query with a hundred thousand ids is slow.
        similarity.update_norms(ArticleTerms.objects.filter(pk__in=batch).order_by("pk"))
    return article_ids


def recompute(article_id: int) -> None:
    """Recomputes the links of one article from the recorded terms."""
    with transaction.atomic():
        # Locked, so that two workers do not both write the links of one article.
        article = Article.objects.select_for_update(no_key=True).filter(pk=article_id).first()
        stored = RelatedLink.objects.filter(article_id=article_id)
        if article is None or not article.is_published:
            stored.delete()
            return
        links = [
            RelatedLink(
                article=article,
                other_id=neighbour.article_id,
                score=round(neighbour.score, SCORE_DIGITS),
                position=position,
                reasons=neighbour.reasons,
            )
            for position, neighbour in enumerate(scoring.neighbours(article, limit=MAX_NEIGHBOURS))
        ]
        # Unchanged links are not written, because every write invalidates cached pages.
        new_values = [(link.other_id, link.score, link.reasons) for link in links]
        if new_values != list(stored.order_by("position").values_list("other", "score", "reasons")):
            stored.delete()
            RelatedLink.objects.bulk_create(links)


def _refresh(articles: QuerySet[Article]) -> int:
    # With EXISTS, because NOT IN compares every row with every article once they do not fit into
    # work_mem.
    unpublished = ~Exists(Article.objects.published().filter(pk=OuterRef("article")))
    RelatedLink.objects.filter(unpublished).delete()
    ArticleTerms.objects.filter(unpublished).delete()
    article_ids = record_articles(articles)
    for article_id in article_ids:
        recompute(article_id)
    return len(article_ids)


def _record(article_id: int) -> Article | None:
    """Records the terms and links of an article; returns None if it is not published."""
    with transaction.atomic():
        locked = Article.objects.select_for_update(no_key=True, of=("self",)).published()
        article: Article | None = locked.filter(pk=article_id).for_text().first()
        if article is None:
            similarity.delete_terms(article_id)
        else:
            similarity.record_terms(article)
            reasons.record_links(article)
    return article


def _update_frequencies() -> None:
    """Recomputes document frequencies, and all norms if there are few articles."""
    similarity.update_document_frequencies()
    if ArticleTerms.objects.count() <= MAX_PER_NIGHT:
        # Always in the same order, so that two workers cannot cause a deadlock.
        similarity.update_norms(ArticleTerms.objects.order_by("pk").iterator())


def _linked_ids(article_id: int) -> set[int]:
    """Returns the articles that this one is related to or linked with, in both directions."""
    ids: set[int] = set()
    for model in (RelatedLink, TextLink):
        rows = model._default_manager.all()
        ids.update(rows.filter(article_id=article_id).values_list("other_id", flat=True))
        ids.update(rows.filter(other_id=article_id).values_list("article_id", flat=True))
    return ids
