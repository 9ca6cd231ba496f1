"""Issues that compose themselves: daily, weekly, for each article (docs/decisions/digests.md).

Every minute the worker asks whether a period has ended for which none was composed. Whoever comes
second, on whatever machine, finds the period taken.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from django.db import transaction
from django.utils import timezone

from accounts.models import User
from articles.editorial.models import Article
from iria.publication.models import current_publication
from newsletter import composing, drafting, periods, scheduling, sending
from newsletter.drafting import Chosen
from newsletter.models import Digest, DigestRule, Issue, Rhythm, Subscription
from newsletter.preflight import looking
from newsletter.sending import NotReady
from newsletter.topics import about, in_language

MOST: Final = 25
"""Articles in one digest, the newest; a longer mail would be cut off by Gmail."""
LATE: Final = timedelta(hours=1)
"""An article may become readable a little after the moment that it bears."""


def compose_due(now: datetime | None = None) -> list[int]:
    """Composes every digest whose period has ended; returns the issues that were made.

    A period that ended while nobody was there is composed once, and reaches back to the last one.
    """
    now = now or timezone.now()
    made: list[int] = []
    for rule in DigestRule.objects.filter(on=True).select_related("newsletter"):
        for period in periods.ended(rule, current_publication(), now):
            made += _compose(rule, period)
    return made


def _compose(rule: DigestRule, period: periods.Period) -> list[int]:
    with transaction.atomic():
        digest, is_new = Digest.objects.get_or_create(
            newsletter=rule.newsletter,
            rhythm=rule.rhythm,
            period=period.name,
            defaults={
                "begins_at": period.begins_at,
                "ends_at": period.ends_at,
                "held": rule.held,
                "composed_at": timezone.now(),
            },
        )
        if not is_new:
            return []
        return [issue.pk for choice in _choices(rule) if (issue := _issue(rule, digest, choice))]


@dataclass(frozen=True, slots=True)
class Choice:
    """What some readers chose alike; without topics, everything."""

    topics: tuple[int, ...]
    language: str


def _choices(rule: DigestRule) -> list[Choice]:
    """What those chose to whom the newsletter comes in this rhythm, each choice once."""
    own = rule.newsletter.language
    coming = Subscription.objects.coming(rule.newsletter, rule.rhythm)
    found = {Choice(topics, language or own): None for topics, language, _ in coming.choices()}
    return list(found)


def _issue(rule: DigestRule, digest: Digest, choice: Choice) -> Issue | None:
    """The issue for one choice; none where it would be empty."""
    articles = _articles(digest, choice)
    if not articles:
        return None
    issue = Issue(
        newsletter=rule.newsletter,
        digest=digest,
        topics=list(choice.topics),
        language=choice.language,
        introduction=rule.introduction,
        composed_by_rule=True,
    )
    issue.subject = _subject(issue, articles[0])
    drafting.save(issue, [Chosen(article) for article in articles], by=None)
    return issue


def _articles(digest: Digest, choice: Choice) -> Sequence[Article]:
    """What was published in the period, is readable now, and came in no digest before."""
    published = Article.objects.published()
    if digest.rhythm == Rhythm.EACH:
        found = published.filter(pk=periods.article_of(digest.period))
    else:
        before = Issue.objects.filter(
            digest__newsletter=digest.newsletter, digest__rhythm=digest.rhythm
        ).exclude(digest=digest)
        found = published.filter(
            published_at__gt=digest.begins_at - LATE, published_at__lte=digest.ends_at
        ).exclude(pk__in=before.filter(topics=list(choice.topics)).values("items__article_id"))
    found = in_language(found, choice.language, current_publication())
    return list(about(found, choice.topics).newest()[:MOST])


def _subject(issue: Issue, first: Article) -> str:
    """As the rule says, or the first headline where the rule is gone meanwhile."""
    digest = issue.digest
    assert digest is not None  # noqa: S101 - it composed itself
    rules = DigestRule.objects.filter(newsletter=issue.newsletter_id, rhythm=digest.rhythm)
    pattern = rules.values_list("subject", flat=True).first() or "{headline}"
    day = f"{current_publication().local(digest.ends_at):%d %b %Y}"
    words = pattern.replace("{newsletter}", issue.newsletter.name).replace("{day}", day)
    return words.replace("{headline}", first.headline)[:150]


def send_ready() -> list[int]:
    """Lets every digest go that waits for nobody's approval; returns those that went.

    What stands in its way is written where the editors look, and is tried again every minute.
    """
    waiting = Issue.objects.to_go_by_themselves().values_list("pk", flat=True)
    return [issue_id for issue_id in waiting if _send(issue_id)]


def approve(digest: Digest, *, by: User) -> tuple[int, list[NotReady]]:
    """Lets every issue of a held digest go in a minute; returns how many, and why others do not."""
    gone, refusals = 0, []
    for issue in digest.issues.filter(state=Issue.State.DRAFT).order_by("pk"):
        try:
            if leave_out_withdrawn(issue):
                scheduling.send_soon(issue, by=by)
                gone += 1
        except NotReady as refusal:
            refusals.append(refusal)
    return gone, refusals


def _send(issue_id: int) -> bool:
    drafts = Issue.objects.filter(pk=issue_id, state=Issue.State.DRAFT)
    with transaction.atomic():
        # Whoever comes second finds it locked or gone: it goes out once.
        issue = drafts.select_for_update(of=("self",), skip_locked=True).first()
        if issue is None or not leave_out_withdrawn(issue):
            return False
        looking.look_soon(issue, composing.compose(issue))
        try:
            with transaction.atomic():
                sending.start(issue, by=None)
        except NotReady as refusal:
            Issue.objects.filter(pk=issue_id).update(
                trouble=f"It has not gone out by itself yet: {refusal}"[:500]
            )
            return False
    return True


def leave_out_withdrawn(issue: Issue) -> bool:
    """What can no longer be read is taken out of an issue that nobody touched.

    Returns:
        Whether there is an issue: one that would be empty is gone.
    """
    if not issue.composed_by_rule:
        return True
    readable = Article.objects.published().values("pk")
    gone, _ = issue.items.exclude(article_id__in=readable).delete()
    first = Article.objects.filter(pk=issue.items.values("article_id")[:1]).first()
    if first is None:
        issue.delete()
        return False
    if gone:
        # The subject may have named what is gone.
        issue.subject = _subject(issue, first)
        issue.save(update_fields=["subject"])
    return True
