"""What the app registers with IRIA."""

from typing import Any

from django.urls import reverse

from articles.editorial import signals
from articles.editorial.models import Article
from iria.core import hooks
from iria.core.hooks import DashboardItem
from tests.example.harbour.models import DataSource, PublishedNote


def register() -> None:
    hooks.dashboard_items.register("harbour", articles_without_source)
    signals.published.connect(note_published, dispatch_uid="harbour.note")


def articles_without_source(user: Any) -> list[DashboardItem]:
    """Published articles that name no data source."""
    if not user.has_perm("harbour.view_datasource"):
        return []
    named = DataSource.objects.values("article")
    count = Article.objects.published().exclude(pk__in=named).count()
    url = reverse("admin:harbour_datasource_changelist")
    return [DashboardItem(label=f"{count} articles without a data source", count=count, url=url)]


def note_published(*, article_id: int, **signal: Any) -> None:
    PublishedNote.objects.get_or_create(article_id=article_id)
