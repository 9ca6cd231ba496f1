"""Which texts link to something by reference."""

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Q
from django.urls import reverse

from articles.editorial import permissions
from articles.editorial.models import Article
from articles.links.models import InternalLink

MOST: Final = 50
"""Rows of a list; more are counted as “and more”."""


@dataclass(frozen=True, slots=True)
class Source:
    """A text with a link."""

    title: str
    url: str
    """In the admin."""
    is_published: bool
    label: str
    """Its state, as the admin shows it."""


@dataclass(frozen=True, slots=True)
class LinkedFrom:
    sources: list[Source]
    is_complete: bool = True


def linked_from(
    kind: str, ids: Collection[int], *, user: Any, published: bool = False
) -> LinkedFrom:
    """The texts that link to one of these rows and that this user may see, the newest first.

    One query. A published article counts with the text that readers see.

    Args:
        published: only texts that readers see.
    """
    links = InternalLink.objects.filter(target_kind=kind, target_id__in=ids)
    seen = permissions.visible_to(user, Article.objects.all())
    links = links.filter(Q(article__isnull=True) | Q(article__in=seen.values("pk")))
    if published:
        links = links.filter(Q(article__state=Article.State.PUBLISHED) | Q(page__is_published=True))
    rows = links.order_by("-article__published_at", "-article", "page__title").values_list(
        "article",
        "article__headline",
        "article__state",
        "page",
        "page__title",
        "page__is_published",
    )
    found = dict.fromkeys(_source(*row) for row in rows[: MOST + 1])
    return LinkedFrom(list(found)[:MOST], len(found) <= MOST)


def _source(
    article: int | None, headline: str, state: str, page: int, title: str, is_published: bool
) -> Source:
    if article is None:
        url = reverse("admin:articles_page_change", args=[page])
        return Source(title, url, is_published, "Page" if is_published else "Page, not published")
    url = reverse("admin:articles_article_change", args=[article])
    shown = Article.State(state)
    return Source(
        str(Article(headline=headline)), url, shown == Article.State.PUBLISHED, str(shown.label)
    )
