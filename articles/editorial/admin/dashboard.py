"""Articles on the dashboard of the admin.

Items and panels are registered in the `hooks` module of each app (`dashboard_items`, `dashboard_panels`).
"""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final
from urllib.parse import urlencode

from django.db.models import Prefetch, QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from accounts.models import User
from articles.editorial import permissions
from articles.editorial.checklist import publish_blockers
from articles.editorial.models import Article, Byline, Draft
from articles.editorial.versions.drafts import open_for_editing
from iria.core.hooks import DashboardItem, DashboardPanel

MAX_OVERDUE: Final = 3
"""Overdue articles with a line of their own; the others are counted."""

MAX_PLANNED: Final = 12
"""Most lines of the plan."""

MAX_LIVE: Final = 4
"""The newest articles of today in the plan, so that many of them leave room for what is scheduled."""

SCHEDULED, CHANGES, LIVE = "scheduled", "changes", "published"


def pending_articles(user: User) -> list[DashboardItem]:
    """Overdue first, then drafts; nothing for users who cannot edit articles."""
    if not user.has_perm("articles.change_article"):
        return []
    seen = permissions.visible_to(user, Article.objects.all())
    drafts = seen.filter(state=Article.State.DRAFT)
    own_count = drafts.filter(permissions.own(user)).count()
    others_count = drafts.count() - own_count
    rows = [
        *_overdue_items(
            permissions.with_visible_draft(
                user, Article.objects.filter(pk__in=Article.objects.overdue().values("pk"))
            )
        ),
        DashboardItem(
            f"{_count_drafts(own_count)} by you",
            own_count,
            _list_url(state__exact="draft", whose="mine"),
        ),
        DashboardItem(
            f"{_count_drafts(others_count)} by others",
            others_count,
            _list_url(state__exact="draft"),
        ),
    ]
    return [row for row in rows if row.count]


def _overdue_items(overdue: Any) -> Iterator[DashboardItem]:
    count = overdue.count()
    for article in overdue.order_by("publish_at", "pk")[: MAX_OVERDUE if count else 0]:
        open_for_editing(article)
        yield DashboardItem(
            f"Not published in time: {article.headline or 'Untitled'}",
            1,
            reverse("admin:articles_article_change", args=[article.pk]),
            detail=" ".join(blocker.message for blocker in publish_blockers(article)[:1]),
            action="Fix and publish",
        )
    if count > MAX_OVERDUE:
        yield DashboardItem(f"{count - MAX_OVERDUE} more overdue", count, _list_url(whose="held"))


@dataclass(frozen=True, slots=True)
class Planned:
    """An article, or changes of one, with the time of publication."""

    at: datetime
    kind: str
    article: Article

    @property
    def authors(self) -> str:
        return ", ".join(byline.author.name for byline in self.article.bylines.all())


def plan(user: User) -> DashboardPanel | None:
    """What was published last today, and what is scheduled for today, tomorrow and later."""
    if not user.has_perm("articles.change_article"):
        return None
    now = timezone.localtime()
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    authors = Prefetch("bylines", Byline.objects.select_related("author"))
    listed = Article.objects.defer("body").prefetch_related(authors)
    seen = permissions.visible_to(user, listed)
    scheduled = seen.filter(state=Article.State.SCHEDULED).order_by("publish_at")
    live = permissions.visible_to(user, listed.published()).filter(published_at__gte=midnight)
    with_draft = permissions.with_visible_draft(user, listed)
    changed: QuerySet[Draft] = Draft.objects.filter(
        publish_at__isnull=False, article__in=with_draft
    )
    lines = [
        *(
            Planned(_time(each.published_at), LIVE, each)
            for each in live.order_by("-published_at")[:MAX_LIVE]
        ),
        *(Planned(_time(each.publish_at), SCHEDULED, each) for each in scheduled[:MAX_PLANNED]),
        *(
            Planned(_time(draft.publish_at), CHANGES, draft.article)
            for draft in changed.order_by("publish_at").prefetch_related(Prefetch("article", seen))[
                :MAX_PLANNED
            ]
        ),
    ]
    days: dict[date, list[Planned]] = {}
    for line in sorted(lines, key=lambda each: each.at)[:MAX_PLANNED]:
        days.setdefault(timezone.localdate(line.at), []).append(line)
    named = {now.date(): "Today", now.date() + timedelta(days=1): "Tomorrow"}
    context = {
        "days": [
            (named.get(day, ""), date_format(day, "l j F"), lines) for day, lines in days.items()
        ]
    }
    more = ("Scheduled articles", _list_url(state__exact="scheduled"))
    return DashboardPanel("Plan", "admin/dashboard/plan.html", context, more) if days else None


def _time(value: datetime | None) -> datetime:
    assert value is not None  # noqa: S101 - the query asked for it
    return value


def _list_url(**filters: str) -> str:
    return f"{reverse('admin:articles_article_changelist')}?{urlencode(filters)}"


def _count_drafts(count: int) -> str:
    return "1 draft" if count == 1 else f"{count} drafts"
