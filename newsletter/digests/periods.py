"""The periods of digests, in the publication's time zone."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from iria.publication.models import Publication
from newsletter.digests import new_articles
from newsletter.models import Digest, DigestRule, Frequency
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
    new = new_articles.new_between(since, now - AFTER, no_older_than=RATE_PERIOD)
    articles = new.order_by("appeared_at", "pk").values_list("pk", "appeared_at")  # type: ignore[misc]
    periods = {f"{ARTICLE}{pk}": appeared_at for pk, appeared_at in articles}
    existing = _composed(rule).filter(period__in=periods).values_list("period", flat=True)
    composed = set(existing)
    for name, appeared_at in periods.items():
        if name not in composed:
            yield Period(name, appeared_at, appeared_at)


def _composed(rule: DigestRule) -> QuerySet[Digest]:
    return Digest.objects.filter(newsletter=rule.newsletter, frequency=rule.frequency)
