"""Builds digest rules that are due, and articles that appeared in their periods."""

from datetime import timedelta
from typing import Any, Final

from django.utils import timezone

from articles.editorial.models import Article
from iria.publication.models import current_publication
from newsletter.models import DigestRule, Frequency, Issue
from tests.newsletter.factories import news
from tests.newsroom import published

OLA: Final = "ola@readers.example"
MINA: Final = "mina@readers.example"
TEO: Final = "teo@readers.example"


def rule(frequency: Frequency = Frequency.DAILY, **fields: Any) -> DigestRule:
    """A rule that was enabled a month ago and was due a minute ago."""
    due_at = current_publication().local(timezone.now() - timedelta(minutes=1))
    digest_rule = DigestRule.objects.create(
        newsletter=news(),
        frequency=frequency,
        **{
            "needs_approval": False,
            "time_of_day": due_at.time().replace(second=0, microsecond=0),
            "day": due_at.weekday(),
            **fields,
        },
    )
    month_ago = timezone.now() - timedelta(days=30)
    DigestRule.objects.update(enabled_at=month_ago, schedule_changed_at=month_ago)
    digest_rule.refresh_from_db()
    return digest_rule


def hours_ago(hours: float, headline: str, **fields: Any) -> Article:
    """An article published this many hours ago."""
    published_at = timezone.now() - timedelta(hours=hours)
    article = published(headline, at=published_at, **fields)
    article.state_changes.update(created_at=published_at)
    return article


def headlines(issue: Issue) -> list[str]:
    return [str(item.article) for item in issue.items.all()]
