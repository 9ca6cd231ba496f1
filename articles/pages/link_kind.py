"""Pages as targets of internal links."""

from typing import Any, Final

from django.db.models import Case, CharField, F, QuerySet, Value, When
from django.db.models.functions import Concat
from django.urls import reverse

from articles.links.kinds import GONE, PUBLIC, LinkKind
from articles.pages.models import OldPagePath, Page

NAME: Final = "page"


def _path(column: str) -> Concat:
    return Concat(Value("/"), column, Value("/"), output_field=CharField())


def _targets() -> "QuerySet[Any]":
    """A page that is not published counts as unpublished: pages have no drafts."""
    return Page.objects.annotate(
        link_kind=Value(NAME, CharField()),
        link_id=F("pk"),
        link_title=F("title"),
        link_path=_path("path"),
        link_status=Case(When(is_published=True, then=Value(PUBLIC)), default=Value(GONE)),
        link_state=Case(
            When(is_published=True, then=Value("published")), default=Value("withdrawn")
        ),
    )


def _at_paths(paths: list[str]) -> "list[QuerySet[Any]]":
    wanted = [path.strip("/") for path in paths]
    former = OldPagePath.objects.filter(path__in=wanted).annotate(
        link_kind=Value(NAME, CharField()), link_id=F("page_id"), link_path=_path("path")
    )
    return [former, _targets().filter(path__in=wanted)]


def _offered(user: Any) -> "QuerySet[Any]":
    """Editors see every page, and others what readers see."""
    rows = _targets().order_by("-pk")
    return rows if user.has_perm("articles.view_page") else rows.filter(is_published=True)


PAGES: Final = LinkKind(
    label="Pages",
    targets=_targets,
    at_paths=_at_paths,
    offered=_offered,
    admin_url=lambda pk: reverse("admin:articles_page_change", args=[pk]),
)
