"""Computing what stands below an article, and below those it comes near to."""

from itertools import batched
from typing import Final

from django.db import transaction
from django.db.models import Exists, F, OuterRef, QuerySet

from articles.editorial.models import Article
from articles.related import document_frequency, link_graph, scoring, stems
from articles.related.models import ArticleTerms, RelatedLink, TextLink

DIGITS: Final = 3
MAX_LINKS: Final = 8
"""More than are shown, so that a withdrawal leaves no gap until the worker has been there."""

A_NIGHT: Final = 3000
"""Articles compared anew in a night, those longest ago first."""


def refresh(article_id: int) -> None:
    """After a publication, a change or a withdrawal: the article's neighbours, and theirs."""
    before = _touching(article_id)
    if article := _record(article_id):
        if document_frequency.has_outgrown(article.language):
            _measure()
        document_frequency.update_norms(ArticleTerms.objects.filter(article=article))
    recompute(article_id)
    for other_id in sorted(before | _touching(article_id)):
        recompute(other_id)


def refresh_all() -> int:
    """Reads and compares every published article anew; returns how many."""
    return _refresh(Article.objects.published().order_by("pk"))


def refresh_oldest() -> int:
    """Counts how rare words are, and compares what was compared longest ago; returns how many."""
    longest_ago = F("terms__recorded_at").asc(nulls_first=True)
    return _refresh(Article.objects.published().order_by(longest_ago, "pk")[:A_NIGHT])


def record_articles(articles: QuerySet[Article]) -> list[int]:
    """Records the words and links of these articles, and how rare all words are; returns which."""
    article_ids = list(articles.values_list("pk", flat=True))
    for article_id in article_ids:
        _record(article_id)
    document_frequency.update_document_frequencies()
    for some in batched(article_ids, document_frequency.AT_ONCE):
        # Some at a time: a query that names a hundred thousand numbers compares each with each.
        document_frequency.update_norms(ArticleTerms.objects.filter(pk__in=some).order_by("pk"))
    return article_ids


def recompute(article_id: int) -> None:
    """Writes the links of one article anew, from the words as they are recorded."""
    with transaction.atomic():
        # Locked, so that two workers do not both write the links of one article.
        article = Article.objects.select_for_update(no_key=True).filter(pk=article_id).first()
        known = RelatedLink.objects.filter(article_id=article_id)
        if article is None or not article.is_published:
            known.delete()
            return
        links = [
            RelatedLink(
                article=article,
                other_id=neighbour.article_id,
                score=round(neighbour.score, DIGITS),
                position=position,
                reasons=neighbour.reasons,
            )
            for position, neighbour in enumerate(scoring.neighbours(article, limit=MAX_LINKS))
        ]
        # What stands there already is left alone: every write makes readers' copies stale.
        changed = [(link.other_id, link.score, link.reasons) for link in links]
        if changed != list(known.order_by("position").values_list("other", "score", "reasons")):
            known.delete()
            RelatedLink.objects.bulk_create(links)


def _refresh(articles: QuerySet[Article]) -> int:
    # Asked of each row by its number: “not in” all articles would compare every row with every other
    # once they no longer fit into the memory of a query.
    unreadable = ~Exists(Article.objects.published().filter(pk=OuterRef("article")))
    RelatedLink.objects.filter(unreadable).delete()
    ArticleTerms.objects.filter(unreadable).delete()
    article_ids = record_articles(articles)
    for article_id in article_ids:
        recompute(article_id)
    return len(article_ids)


def _record(article_id: int) -> Article | None:
    """Writes the words and links of an article as it stands; None where readers cannot read it."""
    with transaction.atomic():
        locked = Article.objects.select_for_update(no_key=True, of=("self",)).published()
        article: Article | None = locked.filter(pk=article_id).for_text().first()
        if article is None:
            stems.delete_terms(article_id)
        else:
            stems.record_terms(article)
            link_graph.record_links(article)
    return article


def _measure() -> None:
    """Counts words anew in a publication that has grown; where it is small, weighs all of it anew."""
    document_frequency.update_document_frequencies()
    if ArticleTerms.objects.count() <= A_NIGHT:
        # In one order, so that two workers who do this do not wait for each other in a ring.
        document_frequency.update_norms(ArticleTerms.objects.order_by("pk").iterator())


def _touching(article_id: int) -> set[int]:
    """The articles this one leads to, and those that lead to it."""
    touching: set[int] = set()
    for model in (RelatedLink, TextLink):
        rows = model._default_manager.all()
        touching.update(rows.filter(article_id=article_id).values_list("other_id", flat=True))
        touching.update(rows.filter(other_id=article_id).values_list("article_id", flat=True))
    return touching
