"""The periods of digests, in the publication's time zone, and the articles of a period.

An article belongs to the period in which it was first visible, not to that of its date: it may have
been scheduled while no worker was running, or unpublished for a correction.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import DateTimeField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from articles.editorial.models import Article, Category, StateChange
from articles.editorial.models.querysets import ArticleQuerySet
from iria.publication.models import Publication
from newsletter.models import Digest, DigestRule, Frequency, IssueItem
from newsletter.models.digest import PERIOD_LENGTHS

AFTER: Final = timedelta(minutes=5)
"""How long to wait after publication, so that first mistakes can be corrected."""
RATE_PERIOD: Final = timedelta(days=1)
"""An article older than this is not sent automatically if no worker was running."""
REACHES_BACK: Final = 4
"""How many missed periods one digest covers."""
ARTICLE: Final = "article "


@dataclass(frozen=True, slots=True)
class Period:
    name: str
    begins_at: datetime
    ends_at: datetime


def ended(rule: DigestRule, publication: Publication, now: datetime) -> Iterator[Period]:
    """Yields the periods of a rule that have ended and were not composed yet."""
    if rule.frequency == Frequency.EACH:
        yield from _articles(rule, now)
        return
    ends_at = last_end(rule, publication, now)
    name = f"{publication.local(ends_at):%Y-%m-%d}"
    if ends_at <= rule.schedule_changed_at or _composed(rule).filter(period=name).exists():
        return
    previous = _composed(rule).filter(ends_at__lt=ends_at).first()
    length = PERIOD_LENGTHS[Frequency(rule.frequency)]
    begins_at = previous.ends_at if previous else ends_at - length
    # Periods before the rule was enabled are skipped, except for the last one.
    earliest = max(ends_at - REACHES_BACK * length, min(rule.enabled_at, ends_at - length))
    yield Period(name, max(begins_at, earliest), ends_at)


def stale_at(digest: Digest) -> datetime:
    """Returns when a digest is too old to be sent automatically."""
    return digest.ends_at + PERIOD_LENGTHS.get(Frequency(digest.frequency), RATE_PERIOD)


def last_end(rule: DigestRule, publication: Publication, now: datetime) -> datetime:
    """Returns when this daily or weekly rule was last due, in local time.

    When the clocks change, the day has 23 or 25 hours and the time of day stays the same.
    """
    local = publication.local(now)
    days_back = (local.weekday() - rule.day) % 7 if rule.frequency == Frequency.WEEKLY else 0
    length = PERIOD_LENGTHS[Frequency(rule.frequency)].days
    for offset in (days_back, days_back + length):
        day = local.date() - timedelta(days=offset)
        due_at = datetime.combine(day, rule.time_of_day, tzinfo=publication.zone_info)
        if due_at <= now:
            break
    return due_at


def article_of(name: str) -> int:
    """Returns the article ID of a period of "each article"."""
    return int(name.removeprefix(ARTICLE))


def _articles(rule: DigestRule, now: datetime) -> Iterator[Period]:
    since = max(rule.enabled_at, now - RATE_PERIOD)
    new = new_between(since, now - AFTER, no_older_than=RATE_PERIOD)
    articles = new.order_by("appeared_at", "pk").values_list("pk", "appeared_at")  # type: ignore[misc]
    periods = {f"{ARTICLE}{pk}": appeared_at for pk, appeared_at in articles}
    existing = _composed(rule).filter(period__in=periods).values_list("period", flat=True)
    composed = set(existing)
    for name, appeared_at in periods.items():
        if name not in composed:
            yield Period(name, appeared_at, appeared_at)


def _composed(rule: DigestRule) -> QuerySet[Digest]:
    return Digest.objects.filter(newsletter=rule.newsletter, frequency=rule.frequency)


def about(articles: ArticleQuerySet, topics: Iterable[int]) -> ArticleQuerySet:
    """Filters by category, including subcategories; without topics, returns all."""
    category_ids = list(topics)
    if not category_ids:
        return articles
    condition = Q(pk__in=[])
    for category in Category.objects.filter(pk__in=category_ids):
        condition |= Q(pk=category.pk) | Q(path__startswith=f"{category.path}/")
    return articles.filter(
        pk__in=articles.model.objects.filter(
            article_categories__category__in=Category.objects.filter(condition)
        ).values("pk")
    )


def in_language(
    articles: ArticleQuerySet, language: str, publication: Publication
) -> ArticleQuerySet:
    """Filters by language; the default language includes articles in an unlisted one."""
    codes = publication.language_codes
    return (
        articles.of_front(language, codes)
        if language in codes
        else articles.filter(language=language)
    )


OVERLAP: Final = timedelta(hours=1)
"""Articles that are published while a digest is composed belong to the next one."""


def new_between(after: datetime, before: datetime, *, no_older_than: timedelta) -> ArticleQuerySet:
    """Returns articles that became visible in this time, annotated as `appeared_at`.

    Args:
        no_older_than: articles with an earlier date are no news, so that an imported archive is
            not sent.
    """
    publications = StateChange.objects.filter(
        state=Article.State.PUBLISHED, article=OuterRef("pk"), revision_number__isnull=True
    )
    published_last = Subquery(publications.order_by("-created_at").values("created_at")[:1])
    appeared_at = Greatest(Coalesce(published_last, F("published_at")), F("published_at"))
    return (
        Article.objects.published()
        .filter(published_at__gt=after - no_older_than)
        .annotate(appeared_at=ExpressionWrapper(appeared_at, output_field=DateTimeField()))
        .filter(appeared_at__gt=after, appeared_at__lte=before)
    )


def not_before(articles: ArticleQuerySet, digest: Digest, *, reach: timedelta) -> ArticleQuerySet:
    """Excludes articles of earlier digests of the same newsletter and frequency."""
    earlier = IssueItem.objects.filter(
        issue__digest__newsletter=digest.newsletter_id,
        issue__digest__frequency=digest.frequency,
        issue__digest__ends_at__lt=digest.ends_at,
        issue__digest__ends_at__gt=digest.begins_at - reach,
    )
    return articles.exclude(pk__in=earlier.values("article_id"))
