"""For which periods a newsletter composes itself, by the publication's clock."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db.models import QuerySet

from articles.editorial.models import Article
from iria.publication.models import Publication
from newsletter.models import Digest, DigestRule, Rhythm
from newsletter.models.digest import LENGTHS

AFTER: Final = timedelta(minutes=5)
"""How long an article is left alone after it was published: the first mistakes are mended in it."""
LOOKED_BACK: Final = timedelta(days=1)
"""An article for which nobody was there for so long is news no more, and is not sent by itself."""
REACHES_BACK: Final = 4
"""How many periods that nobody was there for one digest makes good."""
ARTICLE: Final = "article "


@dataclass(frozen=True, slots=True)
class Period:
    name: str
    begins_at: datetime
    ends_at: datetime


def ended(rule: DigestRule, publication: Publication, now: datetime) -> Iterator[Period]:
    """The periods of a rule that have ended and were not composed yet."""
    if rule.rhythm == Rhythm.EACH:
        yield from _articles(rule, now)
        return
    ends_at = last_end(rule, publication, now)
    name = f"{publication.local(ends_at):%Y-%m-%d}"
    if ends_at <= rule.since or _composed(rule).filter(period=name).exists():
        return
    before = _composed(rule).filter(ends_at__lt=ends_at).first()
    length = LENGTHS[Rhythm(rule.rhythm)]
    begins_at = before.ends_at if before else ends_at - length
    yield Period(name, max(begins_at, ends_at - REACHES_BACK * length), ends_at)


def last_end(rule: DigestRule, publication: Publication, now: datetime) -> datetime:
    """The last moment at which this daily or weekly rule was due, by the clock on the wall.

    On the night when the clocks change the day has 23 or 25 hours, and the digest comes at the
    same time of day.
    """
    local = publication.local(now)
    back = (local.weekday() - rule.day) % 7 if rule.rhythm == Rhythm.WEEKLY else 0
    step = LENGTHS[Rhythm(rule.rhythm)].days
    for days in (back, back + step):
        day = local.date() - timedelta(days=days)
        moment = datetime.combine(day, rule.at, tzinfo=publication.zone_info)
        if moment <= now:
            break
    return moment


def article_of(name: str) -> int:
    """Which article a period of "each article" brings."""
    return int(name.removeprefix(ARTICLE))


def _articles(rule: DigestRule, now: datetime) -> Iterator[Period]:
    since = max(rule.since, now - LOOKED_BACK)
    new = Article.objects.published().filter(published_at__gt=since, published_at__lte=now - AFTER)
    known = set(_composed(rule).filter(ends_at__gte=since).values_list("period", flat=True))
    for key, moment in new.order_by("published_at", "pk").values_list("pk", "published_at"):
        if moment and f"{ARTICLE}{key}" not in known:
            yield Period(f"{ARTICLE}{key}", moment, moment)


def _composed(rule: DigestRule) -> QuerySet[Digest]:
    return Digest.objects.filter(newsletter=rule.newsletter, rhythm=rule.rhythm)
