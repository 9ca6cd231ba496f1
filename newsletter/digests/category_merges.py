"""Updates subscriptions and digest issues when categories are merged or deleted.

The topics of subscriptions are lists of IDs without foreign keys. A deleted category is removed; an empty list means
nothing is sent. Unsent issues for the same choice are composed again as one. If an editor has changed one of them,
nothing is discarded: the issue of the remaining category is sent to all.
"""

from typing import Any, Final

from django.db import connection
from django.db.models.signals import post_delete

from articles.editorial.models import Category
from iria.core import hooks
from iria.core.hooks import IdListReference
from newsletter.digests import composition
from newsletter.models import Digest, Issue, Subscription
from newsletter.models.querysets import IssueQuerySet

REPLACE: Final = """
UPDATE newsletter_subscription
   SET topics = ARRAY(SELECT DISTINCT t FROM unnest(array_replace(topics, %(old)s, %(new)s)) t
                       ORDER BY t)
 WHERE topics @> ARRAY[%(old)s]::bigint[]
"""
REMOVE: Final = """
UPDATE newsletter_subscription SET topics = array_remove(topics, %(old)s)
 WHERE topics @> ARRAY[%(old)s]::bigint[]
"""

LOCK: Final = """
WITH locked AS MATERIALIZED (
    SELECT id FROM newsletter_subscription WHERE topics && %(old)s::bigint[]
     ORDER BY id FOR NO KEY UPDATE
)
SELECT count(*) FROM locked
"""


def lock_subscriptions(old: list[int]) -> None:
    """Locks the subscriptions with any of these topics, in the same order as everywhere."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, {"old": old})


def repoint_subscriptions(old: int, new: int) -> None:
    """Replaces a merged category in the topics of subscriptions."""
    with connection.cursor() as cursor:
        cursor.execute(REPLACE, {"old": old, "new": new})


def remove_topic(*, instance: Category, **signal: Any) -> None:
    """Removes a deleted category from subscriptions; an empty list means that nothing is sent."""
    with connection.cursor() as cursor:
        cursor.execute(REMOVE, {"old": instance.pk})


def count_subscriptions(old: list[int], new: int) -> tuple[int, int]:
    """Counts subscriptions with one of these topics, and how many of them have the new one too."""
    subscriptions = Subscription.objects.filter(topics__overlap=old)
    return subscriptions.count(), subscriptions.filter(topics__contains=[new]).exclude(
        topics=[new]
    ).count()


UPDATE_SENT: Final = """
UPDATE newsletter_issue
   SET topics = ARRAY(SELECT DISTINCT t FROM unnest(array_replace(topics, %(old)s, %(new)s::bigint)) t
                       WHERE t IS NOT NULL ORDER BY t)
 WHERE digest_id IS NOT NULL AND state NOT IN ('draft', 'scheduled')
   AND topics @> ARRAY[%(old)s]::bigint[] AND topics <> ARRAY[%(unchanged)s]::bigint[]
"""
"""The recipients of these issues are fixed, so several may have the same choice."""


def lock_issues(old: list[int]) -> None:
    """Locks all digest issues with any of these topics, after their digests, in a fixed order."""
    issues = Issue.objects.filter(digest__isnull=False, topics__overlap=old).order_by("pk")
    _lock_digests(issues)
    list(issues.select_for_update(no_key=True, of=("self",)).values_list("pk", flat=True))


def repoint_issues(old: int, new: int) -> None:
    """Replaces a merged category in the topics of issues."""
    for issue in _lock_issues(old):
        topics = sorted({new if topic == old else topic for topic in issue.topics})
        if match := _matching_issue(issue, topics):
            _merge_issues(issue, match)
        else:
            _set_topics(issue, topics)
    _update_sent(old, new)


def remove_category(*, instance: Category, **signal: Any) -> None:
    """Removes a deleted category from issues; one with no other topic is sent to nobody, not to everybody."""
    for issue in _lock_issues(instance.pk):
        topics = [topic for topic in issue.topics if topic != instance.pk]
        if topics and not _matching_issue(issue, topics):
            _set_topics(issue, topics)
    _update_sent(instance.pk, None)


def _lock_issues(category_id: int) -> list[Issue]:
    """Returns the pending issues with a category, locked after their digests."""
    issues = Issue.objects.filter(digest__isnull=False, topics__contains=[category_id])
    _lock_digests(issues)
    pending = issues.filter(state__in=Issue.EDITABLE_STATES).order_by("pk")
    return list(pending.select_for_update(of=("self",)))


def _lock_digests(issues: IssueQuerySet) -> None:
    digests = Digest.objects.filter(pk__in=issues.order_by().values("digest")).order_by("pk")
    list(digests.select_for_update(of=("self",)).values_list("pk", flat=True))


def _matching_issue(issue: Issue, topics: list[int]) -> Issue | None:
    """Returns another pending issue of the same digest with the same topics and language."""
    pending = Issue.objects.filter(digest=issue.digest_id, state__in=Issue.EDITABLE_STATES)
    matches = pending.filter(language=issue.language, topics=topics)
    return matches.select_for_update(of=("self",)).first()


def _set_topics(issue: Issue, topics: list[int]) -> None:
    old_key = composition.Choice.of(issue).key
    Issue.objects.filter(pk=issue.pk).update(topics=topics)
    issue.topics = topics
    digest = Digest.objects.get(issues=issue)
    keys = [key for key in digest.composed_for if key != old_key]
    digest.composed_for = list(dict.fromkeys([*keys, composition.Choice.of(issue).key]))
    digest.save(update_fields=["composed_for"])


def _merge_issues(*issues: Issue) -> None:
    digest = issues[0].digest
    assert digest is not None  # noqa: S101 - filtered by digest above
    if not all(
        issue.is_draft and issue.is_automatic and issue.needs_approval == digest.needs_approval
        for issue in issues
    ):
        return
    for issue in issues:
        composition.discard(issue)
    composition.compose_missing(digest)


def _update_sent(old: int, new: int | None) -> None:
    # A sent issue with no other topic keeps the ID: an empty list would mean everything.
    unchanged = old if new is None else 0
    with connection.cursor() as cursor:
        cursor.execute(UPDATE_SENT, {"old": old, "new": new, "unchanged": unchanged})


def _count_no_issues(old: list[int], new: int) -> tuple[int, int]:
    """Returns zeros: editors are told how many subscribers are affected, not how many issues."""
    return 0, 0


def register() -> None:
    label = Category._meta.label
    subscriptions = IdListReference(
        label,
        ("subscriber's choice", "subscribers' choices"),
        count_subscriptions,
        lock_subscriptions,
        repoint_subscriptions,
    )
    issues = IdListReference(
        label, ("digest issue", "digest issues"), _count_no_issues, lock_issues, repoint_issues
    )
    hooks.id_list_references.register("newsletter", subscriptions)
    hooks.id_list_references.register("newsletter.issues", issues)
    post_delete.connect(remove_topic, sender=Category, dispatch_uid="newsletter.take_out")
    post_delete.connect(remove_category, sender=Category, dispatch_uid="newsletter.issues.take_out")
