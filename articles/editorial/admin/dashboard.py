"""What waits for somebody on the first page of the desk."""

from urllib.parse import urlencode

from django.urls import reverse

from accounts.models import User
from articles.editorial import permissions
from articles.editorial.models import Article
from iria.core.hooks import DashboardItem


def waiting_articles(user: User) -> list[DashboardItem]:
    """Held back first, then scheduled, then drafts; nothing for somebody who writes none."""
    if not user.has_perm("articles.change_article"):
        return []
    seen = permissions.visible_to(user, Article.objects.all())
    drafts = seen.filter(state=Article.State.DRAFT)
    held = seen.filter(pk__in=Article.objects.overdue().values("pk")).count()
    mine = drafts.filter(permissions.own(user)).count()
    others = drafts.count() - mine
    scheduled = seen.filter(state=Article.State.SCHEDULED).count()
    rows = [
        DashboardItem(
            f"{_articles(held)} held back: the time came, and something was missing",
            held,
            _list(whose="held"),
        ),
        DashboardItem(
            f"{_articles(scheduled)} scheduled", scheduled, _list(state__exact="scheduled")
        ),
        DashboardItem(f"{_drafts(mine)} of yours", mine, _list(state__exact="draft", whose="mine")),
        DashboardItem(f"{_drafts(others)} of others", others, _list(state__exact="draft")),
    ]
    return [row for row in rows if row.count]


def _list(**chosen: str) -> str:
    return f"{reverse('admin:articles_article_changelist')}?{urlencode(chosen)}"


def _articles(count: int) -> str:
    return "1 article" if count == 1 else f"{count} articles"


def _drafts(count: int) -> str:
    return "1 draft" if count == 1 else f"{count} drafts"
