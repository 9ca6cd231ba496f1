"""Composes digests: weekly, daily, for every new article (docs/decisions/newsletter.md).

Every minute the worker checks whether a period has ended, in the publication's time zone. A second worker finds the period
composed already. An article belongs to the period in which it was first visible, not to that of its date: it may have been scheduled
while no worker was running, or unpublished for a correction.
"""

import logging
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final, Self

from django.db import transaction
from django.db.models import DateTimeField, ExpressionWrapper, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext

from articles.editorial import merging
from articles.editorial.models import Article, Category, StateChange
from articles.editorial.models.querysets import ArticleQuerySet
from iria.core.text.dates import day_words
from iria.core.text.language import use_language
from iria.publication.models import Publication, current_publication
from newsletter.email import drafts
from newsletter.email.drafts import IssueArticle
from newsletter.models import Digest, DigestRule, Frequency, Issue, IssueItem, Subscription
from newsletter.models.newsletter import PERIOD_LENGTHS

PUBLICATION_DELAY: Final = timedelta(minutes=5)
"""How long to wait after publication, so that first mistakes can be corrected."""
MAX_AGE: Final = timedelta(days=1)
"""An article older than this is not sent automatically if no worker was running."""
MAX_PERIODS: Final = 4
"""How many periods one digest covers at most, if some were missed."""
ARTICLE_PREFIX: Final = "article "


@dataclass(frozen=True, slots=True)
class Period:
    name: str
    begins_at: datetime
    ends_at: datetime


def ended_periods(rule: DigestRule, publication: Publication, now: datetime) -> Iterator[Period]:
    """Yields the periods of a rule that have ended and were not composed yet."""
    if rule.frequency == Frequency.EACH:
        yield from _article_periods(rule, now)
        return
    ends_at = last_end(rule, publication, now)
    name = f"{publication.local(ends_at):%Y-%m-%d}"
    if ends_at <= rule.schedule_changed_at or _digests_of(rule).filter(period=name).exists():
        return
    previous = _digests_of(rule).filter(ends_at__lt=ends_at).first()
    length = PERIOD_LENGTHS[Frequency(rule.frequency)]
    begins_at = previous.ends_at if previous else ends_at - length
    # Periods before the rule was enabled are skipped, except for the last one.
    earliest = max(ends_at - MAX_PERIODS * length, min(rule.enabled_at, ends_at - length))
    yield Period(name, max(begins_at, earliest), ends_at)


def stale_at(digest: Digest) -> datetime:
    """Returns when a digest is too old to be sent automatically."""
    return digest.ends_at + PERIOD_LENGTHS.get(Frequency(digest.frequency), MAX_AGE)


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
    return int(name.removeprefix(ARTICLE_PREFIX))


def _article_periods(rule: DigestRule, now: datetime) -> Iterator[Period]:
    since = max(rule.enabled_at, now - MAX_AGE)
    new = new_between(since, now - PUBLICATION_DELAY, no_older_than=MAX_AGE)
    articles = new.order_by("appeared_at", "pk").values_list("pk", "appeared_at")  # type: ignore[misc]
    periods = {f"{ARTICLE_PREFIX}{pk}": appeared_at for pk, appeared_at in articles}
    composed = set(_digests_of(rule).filter(period__in=periods).values_list("period", flat=True))
    for name, appeared_at in periods.items():
        if name not in composed:
            yield Period(name, appeared_at, appeared_at)


def _digests_of(rule: DigestRule) -> QuerySet[Digest]:
    return Digest.objects.filter(newsletter=rule.newsletter, frequency=rule.frequency)


def with_topics(articles: ArticleQuerySet, topics: Iterable[int]) -> ArticleQuerySet:
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


def not_in_earlier_digests(
    articles: ArticleQuerySet, digest: Digest, *, lookback: timedelta
) -> ArticleQuerySet:
    """Excludes articles of earlier digests of the same newsletter and frequency.

    Args:
        lookback: how long before this period those digests may have ended.
    """
    earlier = IssueItem.objects.filter(
        issue__digest__newsletter=digest.newsletter_id,
        issue__digest__frequency=digest.frequency,
        issue__digest__ends_at__lt=digest.ends_at,
        issue__digest__ends_at__gt=digest.begins_at - lookback,
    )
    return articles.exclude(pk__in=earlier.values("article_id"))


logger = logging.getLogger(__name__)

MAX_ARTICLES: Final = 25
"""The maximum number of articles in a digest; Gmail clips longer e-mails."""


def compose_due(now: datetime | None = None) -> list[int]:
    """Composes every digest whose period has ended; returns the IDs of its issues.

    Periods that were missed are composed as one, back to the end of the last one. A failing rule does
    not stop the others, and is retried every minute.
    """
    now = now or timezone.now()
    issue_ids: list[int] = []
    for rule in DigestRule.objects.filter(enabled=True).select_related("newsletter"):
        try:
            for period in ended_periods(rule, current_publication(), now):
                issue_ids += _compose(rule, period)
        except Exception:
            logger.exception("The digest of rule %s could not be composed.", rule.pk)
    return issue_ids


def _compose(rule: DigestRule, period: Period) -> list[int]:
    with transaction.atomic():
        digest, is_new = Digest.objects.get_or_create(
            newsletter=rule.newsletter,
            frequency=rule.frequency,
            period=period.name,
            defaults={
                "begins_at": period.begins_at,
                "ends_at": period.ends_at,
                "needs_approval": rule.needs_approval,
                "composed_at": timezone.now(),
            },
        )
        return compose_missing(digest) if is_new else []


def compose_missing(digest: Digest) -> list[int]:
    """Composes an issue for each choice that has none yet; returns their IDs.

    For a new digest, these are all choices. Before a digest is sent, these are choices made since:
    by subscribers who changed their preferences, or whose topics were merged.
    """
    with transaction.atomic():
        # The same order as in a merge of topics: categories are locked before digests.
        _lock_topics(_choices(digest))
        locked = Digest.objects.select_for_update(of=("self",)).select_related("newsletter")
        current = locked.get(pk=digest.pk)
        missing = [choice for choice in _choices(current) if choice.key not in current.composed_for]
        if not missing:
            return []
        current.composed_for = [*current.composed_for, *(choice.key for choice in missing)]
        current.save(update_fields=["composed_for"])
        return [issue.pk for choice in missing if (issue := _compose_issue(current, choice))]


def discard(issue: Issue) -> None:
    """Deletes an issue that has no recipients any more; if there are some later, it is composed again."""
    assert issue.digest_id is not None  # noqa: S101 - automatic issues have a digest
    key = Choice.of(issue).key
    digest = Digest.objects.select_for_update(of=("self",)).get(pk=issue.digest_id)
    digest.composed_for = [value for value in digest.composed_for if value != key]
    digest.save(update_fields=["composed_for"])
    issue.delete()


@dataclass(frozen=True, slots=True)
class Choice:
    """What some subscribers chose: topics and language. No topics means everything, in all languages."""

    topics: tuple[int, ...]
    language: str

    @classmethod
    def of(cls, issue: Issue) -> Self:
        """Returns the choice that an issue is for."""
        return cls(tuple(issue.topics), issue.language)

    @property
    def key(self) -> str:
        """Returns the key under which a digest stores that this choice was composed."""
        return f"{self.language} {','.join(map(str, self.topics))}"


def _lock_topics(choices: Iterable[Choice]) -> None:
    """Locks the topics, so that a merge of categories is finished before or starts after this."""
    topics = {topic for choice in choices for topic in choice.topics}
    categories = list(Category.objects.filter(pk__in=topics)) if topics else []
    urls = [category.get_absolute_url() for category in categories]
    merging.lock_existing(categories, urls=urls, kind="category")


def _choices(digest: Digest) -> list[Choice]:
    """Returns the distinct choices of the subscribers with this newsletter and frequency."""
    subscriptions = Subscription.objects.receiving(digest.newsletter, digest.frequency)
    return [Choice(topics, language) for topics, language, _ in subscriptions.choices()]


def _compose_issue(digest: Digest, choice: Choice) -> Issue | None:
    """Creates the issue for one choice; returns None if it would be empty."""
    matching = _articles(digest, choice)
    articles = list(matching[:MAX_ARTICLES])
    if not articles:
        return None
    rule = _rule_of(digest)
    issue = Issue(
        newsletter=digest.newsletter,
        digest=digest,
        topics=list(choice.topics),
        language=choice.language,
        introduction=rule.introduction if rule else "",
        is_automatic=True,
        needs_approval=digest.needs_approval,
    )
    issue.subject = subject_of(issue, articles[0])
    issue.closing = _closing(issue, matching.count() - len(articles))
    drafts.save(issue, [IssueArticle(article) for article in articles], by=None)
    return issue


def _articles(digest: Digest, choice: Choice) -> ArticleQuerySet:
    """Returns articles first published in the period, still public, and in no earlier digest."""
    if digest.frequency == Frequency.EACH:
        articles = Article.objects.published().filter(pk=article_of(digest.period))
    else:
        length = PERIOD_LENGTHS[Frequency(digest.frequency)]
        after = digest.begins_at - OVERLAP
        articles = new_between(after, digest.ends_at, no_older_than=length)
        articles = not_in_earlier_digests(articles, digest, lookback=length + OVERLAP)
    if choice.language:
        articles = in_language(articles, choice.language, current_publication())
    return with_topics(articles, choice.topics).newest()


def _closing(issue: Issue, count: int) -> str:
    """Returns a sentence about the articles that were left out, or an empty string."""
    if count <= 0:
        return ""
    with (
        use_language(current_publication().language_codes[0]),
        use_language(issue.effective_language),
    ):
        text = ngettext(
            "One more article was published in this period.",
            "%(count)d more articles were published in this period.",
            count,
        ) % {"count": count}
        link_text = gettext("All articles")
    archive_url = reverse("archive")
    return format_html('<p>{} <a href="{}">{}</a></p>', text, archive_url, link_text)


def subject_of(issue: Issue, first: Article) -> str:
    """Returns the subject by the rule, or the first headline if the rule was deleted."""
    digest = issue.digest
    assert digest is not None  # noqa: S101 - automatic issues have a digest
    rule = _rule_of(digest)
    pattern = rule.subject if rule else "{headline}"
    publication = current_publication()
    with use_language(publication.language_codes[0]), use_language(issue.effective_language):
        day = day_words(publication.local_date(digest.ends_at))
    subject = pattern.replace("{newsletter}", issue.newsletter.name).replace("{day}", day)
    return subject.replace("{headline}", first.headline)[:150]


def _rule_of(digest: Digest) -> DigestRule | None:
    """Returns the rule of a digest, or None if it was deleted."""
    return DigestRule.objects.filter(
        newsletter=digest.newsletter_id, frequency=digest.frequency
    ).first()
