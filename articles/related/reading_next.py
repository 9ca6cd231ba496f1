"""What a reader is offered below an article. Reads tables only; nothing is scored here."""

from django.db.models import FETCH_RAISE, F, OuterRef, Subquery

from articles.editorial.models import Article
from articles.related.models import RelatedLink, RelatedPick


def related_to(article: Article, limit: int = 4) -> list[Article]:
    """The editor's picks first, then the computed neighbours; published ones only.

    Two queries, whatever the number: the articles with kind and lead picture, and its renditions.
    Their texts, categories and bylines are not read, because the cards do not show them.
    """
    picks = RelatedPick.objects.filter(article=article)
    links = RelatedLink.objects.filter(article=article)
    either = picks.values("picked").union(links.values("other"))
    found = (
        Article.objects.published()
        .filter(pk__in=either)
        .annotate(
            picked_place=Subquery(picks.filter(picked=OuterRef("pk")).values("position")[:1]),
            computed_place=Subquery(links.filter(other=OuterRef("pk")).values("position")[:1]),
        )
        .order_by(F("picked_place").asc(nulls_last=True), "computed_place", "-published_at", "-pk")
        .select_related("kind", "lead_picture")
        .defer("body", "search_description", "lead_picture__metadata")
        .prefetch_related("lead_picture__renditions")
        .fetch_mode(FETCH_RAISE)
    )
    return list(found[:limit])
