"""Which articles are new in a period: by when they could last be read anew, not by the date they bear.

An article that was scheduled while no worker was there, withdrawn to be mended, or held up by an
embargo bears an earlier moment than the one at which readers first saw it.
"""

from datetime import datetime, timedelta
from typing import Final

from django.db.models import DateTimeField, ExpressionWrapper, F, OuterRef, Subquery
from django.db.models.functions import Coalesce, Greatest

from articles.editorial.models import Article, StateChange
from articles.editorial.querysets import ArticleQuerySet
from newsletter.models import Digest, IssueItem

OVERLAP: Final = timedelta(hours=1)
"""What was being published while a digest was composed comes with the next one."""


def new_between(after: datetime, until: datetime, *, no_older_than: timedelta) -> ArticleQuerySet:
    """What became readable in this time, as `appeared_at`.

    Args:
        no_older_than: what bears a date so long before the time began is no news, whoever
            publishes it now: an archive that is brought in goes to nobody.
    """
    shown = StateChange.objects.filter(state=Article.State.PUBLISHED, article=OuterRef("pk"))
    last = Subquery(shown.order_by("-made_at").values("made_at")[:1])
    appeared = Greatest(Coalesce(last, F("published_at")), F("published_at"))
    return (
        Article.objects.published()
        .filter(published_at__gt=after - no_older_than)
        .annotate(appeared_at=ExpressionWrapper(appeared, output_field=DateTimeField()))
        .filter(appeared_at__gt=after, appeared_at__lte=until)
    )


def not_before(articles: ArticleQuerySet, digest: Digest, *, reach: timedelta) -> ArticleQuerySet:
    """Without those that an earlier digest of this newsletter and rhythm brought, to whomever."""
    earlier = IssueItem.objects.filter(
        issue__digest__newsletter=digest.newsletter_id,
        issue__digest__rhythm=digest.rhythm,
        issue__digest__ends_at__lt=digest.ends_at,
        issue__digest__ends_at__gt=digest.begins_at - reach,
    )
    return articles.exclude(pk__in=earlier.values("article_id"))
