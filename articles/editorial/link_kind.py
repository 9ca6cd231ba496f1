"""Articles as targets of internal links."""

import re
from typing import Any, Final

from django.db.models import Case, CharField, F, Q, QuerySet, Value, When
from django.db.models.functions import Cast, Concat, LPad, Now
from django.urls import reverse
from django.utils.encoding import escape_uri_path

from articles.editorial import permissions
from articles.editorial.models import Article, Redirect
from articles.links.kinds import GONE, PUBLIC, WAITING, LinkKind

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
