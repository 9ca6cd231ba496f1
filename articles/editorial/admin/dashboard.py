"""Articles on the dashboard of the admin."""

from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import User
from articles.editorial import permissions
from articles.editorial.models import Article
from iria.core.hooks import DashboardItem


def waiting_articles(user: User) -> list[DashboardItem]:
    """Overdue first, then scheduled, then drafts; nothing for users who cannot edit articles."""
    if not user.has_perm("articles.change_article"):
        return []
    seen = permissions.visible_to(user, Article.objects.all())
    drafts = seen.filter(state=Article.State.DRAFT)
    overdue = seen.filter(pk__in=Article.objects.overdue().values("pk")).count()
    mine = drafts.filter(permissions.own(user)).count()
    others = drafts.count() - mine
    scheduled = seen.filter(state=Article.State.SCHEDULED).count()
    rows = [
        DashboardItem(
            f"{_articles(overdue)} overdue: scheduled, but not ready to publish",
            overdue,
            _list(whose="held"),
        ),
        DashboardItem(
            f"{_articles(scheduled)} scheduled", scheduled, _list(state__exact="scheduled")
        ),
        DashboardItem(f"{_drafts(mine)} by you", mine, _list(state__exact="draft", whose="mine")),
        DashboardItem(f"{_drafts(others)} by others", others, _list(state__exact="draft")),
    ]
    return [row for row in rows if row.count]


def _list(**chosen: str) -> str:
    return f"{reverse('admin:articles_article_changelist')}?{urlencode(chosen)}"


def _articles(count: int) -> str:
    return "1 article" if count == 1 else f"{count} articles"


def _drafts(count: int) -> str:
    return "1 draft" if count == 1 else f"{count} drafts"
