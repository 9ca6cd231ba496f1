"""Composes digests: weekly, daily, for every new article (docs/decisions/digests.md).

Every minute the worker checks whether a period has ended. A second worker finds the period taken.
"""

import logging
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final, Self

from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext, ngettext

from articles.editorial import merging
from articles.editorial.models import Article, Category
from articles.editorial.models.querysets import ArticleQuerySet
from iria.core.text.dates import day_words
from iria.core.text.language import use_language
from iria.publication.models import current_publication
from newsletter.digests import periods
from newsletter.digests.periods import about, in_language
from newsletter.email import drafts
from newsletter.email.drafts import IssueArticle
from newsletter.models import Digest, DigestRule, Frequency, Issue, Subscription
from newsletter.models.digest import PERIOD_LENGTHS

logger = logging.getLogger(__name__)

MOST: Final = 25
"""The maximum number of articles in a digest; Gmail clips longer e-mails."""


def compose_due(now: datetime | None = None) -> list[int]:
    """Composes every digest whose period has ended; returns the IDs of its issues.

    Periods that were missed are composed as one, back to the end of the last. A failing rule does
    not stop the others, and is retried every minute.
    """
    now = now or timezone.now()
    issue_ids: list[int] = []
    for rule in DigestRule.objects.filter(enabled=True).select_related("newsletter"):
        try:
            for period in periods.ended(rule, current_publication(), now):
                issue_ids += _compose(rule, period)
        except Exception:
            logger.exception("The digest of rule %s could not be composed.", rule.pk)
    return issue_ids


def _compose(rule: DigestRule, period: periods.Period) -> list[int]:
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
        return [issue.pk for choice in missing if (issue := _issue(current, choice))]


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


def _issue(digest: Digest, choice: Choice) -> Issue | None:
    """Creates the issue for one choice; returns None if it would be empty."""
    matching = _articles(digest, choice)
    articles = list(matching[:MOST])
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
    issue.closing = _rest(issue, matching.count() - len(articles))
    drafts.save(issue, [IssueArticle(article) for article in articles], by=None)
    return issue


def _articles(digest: Digest, choice: Choice) -> ArticleQuerySet:
    """Returns articles first published in the period, still public, and in no earlier digest."""
    if digest.frequency == Frequency.EACH:
        articles = Article.objects.published().filter(pk=periods.article_of(digest.period))
    else:
        length = PERIOD_LENGTHS[Frequency(digest.frequency)]
        after = digest.begins_at - periods.OVERLAP
        articles = periods.new_between(after, digest.ends_at, no_older_than=length)
        articles = periods.not_before(articles, digest, reach=length + periods.OVERLAP)
    if choice.language:
        articles = in_language(articles, choice.language, current_publication())
    return about(articles, choice.topics).newest()


def _rest(issue: Issue, count: int) -> str:
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
