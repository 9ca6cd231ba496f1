"""Articles as targets of internal links, and which texts link to something."""

import re
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, Final

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Coalesce, Concat, LPad
from django.urls import reverse
from django.utils import timezone
from django.utils.encoding import escape_uri_path

from articles.editorial import permissions
from articles.editorial.models import Article, Redirect
from articles.links.models import InternalLink
from articles.links.targets import GONE, PUBLIC, WAITING, LinkKind
from iria.core.hooks import Hook

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


def _status() -> Case:
    """By the clock of the process, as everything that pages show."""
    is_public = Q(state=Article.State.PUBLISHED, published_at__lte=timezone.now())
    return Case(
        When(is_public, then=Value(PUBLIC)),
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
        link_status=_status(),
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


ARTICLES: Final = LinkKind(
    label="Articles",
    targets=_targets,
    at_paths=_at_paths,
    offered=lambda user: permissions.visible_to(user, _targets()).order_by("-pk"),
    admin_url=lambda pk: reverse("admin:articles_article_change", args=[pk]),
)

MAX_SOURCES: Final = 50
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


SOURCE_COLUMNS: Final = ("source_kind", "source_id", "source_title", "source_state", "source_time")


@dataclass(frozen=True, slots=True)
class OtherTexts:
    """Texts of another app with links by reference."""

    linking_to: Callable[[str, Collection[int], Any, bool], "QuerySet[Any]"]
    """Kind, ids, user, whether readers must see them → the texts that link to one of these rows and
    that the user may see, with the annotations `SOURCE_COLUMNS`."""
    source: Callable[[int, str, str], Source]
    """Id, title and state → the text."""


other_texts: Hook[OtherTexts] = Hook()
"""Texts of other apps, for “Linked from” (`OtherTexts`); the name is their `source_kind`."""


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
    own = links.annotate(
        source_kind=Case(When(article__isnull=True, then=Value("page")), default=Value(NAME)),
        source_id=Coalesce("article_id", "page_id"),
        source_title=Coalesce("article__headline", "page__title"),
        source_state=Case(
            When(article__isnull=False, then=F("article__state")),
            When(page__is_published=True, then=Value(Article.State.PUBLISHED)),
            default=Value(Article.State.UNPUBLISHED),
        ),
        source_time=F("article__published_at"),
    ).values_list(*SOURCE_COLUMNS)
    others = [
        each.linking_to(kind, ids, user, published).values_list(*SOURCE_COLUMNS)
        for each in other_texts
    ]
    rows = own.union(*others, all=True).order_by("-source_time", "-source_id")[: MAX_SOURCES + 1]
    found = dict.fromkeys(_source(*row[:4]) for row in rows)
    return LinkedFrom(list(found)[:MAX_SOURCES], len(found) <= MAX_SOURCES)


def _source(kind: str, number: int, title: str, state: str) -> Source:
    for name, texts in other_texts.items():
        if name == kind:
            return texts.source(number, title, state)
    is_published = state == Article.State.PUBLISHED
    if kind == NAME:
        url = reverse("admin:articles_article_change", args=[number])
        label = str(Article.State(state).label)
        return Source(str(Article(headline=title)), url, is_published, label)
    url = reverse("admin:articles_page_change", args=[number])
    return Source(title, url, is_published, "Page" if is_published else "Page, not published")
