"""Articles as targets of internal links, and which texts link to something."""

import re
from collections.abc import Collection
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat, LPad, Now
from django.urls import reverse
from django.utils.encoding import escape_uri_path

from articles.editorial import permissions
from articles.editorial.models import Article, Redirect
from articles.links.kinds import GONE, PUBLIC, WAITING, LinkKind
from articles.links.models import InternalLink

NAME: Final = "article"
ARTICLE_PATH: Final = re.compile(r"/(?P<year>[0-9]{4})/(?P<month>[0-9]{2})/(?P<slug>[^/]+)/")

PATH: Final = Case(
    When(
        year__isnull=False,
        then=Concat(
            Value("/"),
            LPad(Cast("year", CharField()), 4, Value("0")),
            Value("/"),
            LPad(Cast("month", CharField()), 2, Value("0")),
            Value("/"),
            "slug",
            Value("/"),
            output_field=CharField(),
        ),
    ),
    default=Value(""),
    output_field=CharField(),
)

STATUS: Final = Case(
    When(Q(state=Article.State.PUBLISHED, published_at__lte=Now()), then=Value(PUBLIC)),
    When(state__in=[Article.State.UNPUBLISHED, Article.State.TRASH], then=Value(GONE)),
    default=Value(WAITING),
    output_field=CharField(),
)


def _targets() -> "QuerySet[Any]":
    return Article.objects.annotate(
        link_kind=Value(NAME, CharField()),
        link_id=F("pk"),
        link_title=F("headline"),
        link_path=PATH,
        link_status=STATUS,
        link_state=F("state"),
    )


def _at_paths(paths: list[str]) -> "list[QuerySet[Any]]":
    old = {*paths, *map(escape_uri_path, paths)}
    former = Redirect.objects.filter(old_path__in=old, article__isnull=False).annotate(
        link_kind=Value(NAME, CharField()), link_id=F("article_id"), link_path=F("old_path")
    )
    matches = Q()
    for path in paths:
        if match := ARTICLE_PATH.fullmatch(path):
            matches |= Q(year=int(match["year"]), month=int(match["month"]), slug=match["slug"])
    return [former, _targets().filter(matches)] if matches else [former]


def _offered(user: Any) -> "QuerySet[Any]":
    return permissions.visible_to(user, _targets()).order_by("-pk")


ARTICLES: Final = LinkKind(
    label="Articles",
    targets=_targets,
    at_paths=_at_paths,
    offered=_offered,
    admin_url=lambda pk: reverse("admin:articles_article_change", args=[pk]),
)

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
