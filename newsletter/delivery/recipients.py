"""The recipients of an issue: fixed by one statement when sending starts."""

from typing import Final

from django.db import connection

from newsletter.delivery.claims import changed
from newsletter.models import Delivery, Digest, Issue, Subscriber, Subscription
from newsletter.models.newsletter import CANARY_AT_LEAST, CANARY_FROM
from newsletter.models.querysets import SubscriberQuerySet


def lock_digest_of(issue_id: int) -> None:
    """Locks the digest of an issue, if it has one, before the issue itself is locked.

    Everybody who changes an issue and looks at the others of its digest begins so: two starts, somebody
    who lets a run go on, a merge of topics. So nobody waits for anybody in a ring.
    """
    Digest.objects.select_for_update(of=("self",)).filter(issues=issue_id).first()


SNAPSHOT: Final = """
INSERT INTO newsletter_delivery
    (issue_id, subscriber_id, state, wave, attempts, due_at, message_id, details, created_at)
SELECT %(issue)s, s.id, 'queued', CASE WHEN random() < %(first_share)s THEN 0 ELSE 1 END, 0, now(),
       '<' || lpad(to_hex(row_number() OVER ()), 6, '0') || '.' || gen_random_uuid()
           || '@' || %(domain)s || '>', '', now()
  FROM newsletter_subscriber s
  JOIN newsletter_subscription n ON n.subscriber_id = s.id AND n.newsletter_id = %(newsletter)s
 WHERE s.state = 'active' AND n.frequency = %(frequency)s
"""
"""The identifiers cannot be guessed, and begin in order: so their index is filled at its end, which
takes a third of the time off."""

ALL_TOPICS: Final = "   AND n.topics IS NULL"
THESE_TOPICS: Final = "   AND n.topics = %(topics)s::bigint[]"
MATCHING_CHOICE: Final = """
   AND s.language = %(language)s
   AND NOT EXISTS (SELECT FROM newsletter_delivery d JOIN newsletter_issue i ON i.id = d.issue_id
                    WHERE i.digest_id = %(digest)s AND d.subscriber_id = s.id)
"""
"""Of a digest: those whose choice this issue is for. Whoever chose otherwise meanwhile and was frozen
for another issue of the same period does not get a second one."""


def audience(issue: Issue) -> SubscriberQuerySet:
    """Who would get an issue now."""
    digest = issue.digest
    if digest is None:
        return Subscriber.objects.receiving(issue.newsletter)
    coming = Subscription.objects.receiving(issue.newsletter, digest.frequency)
    chose_so = coming.with_exact_topics(issue.topics).filter(subscriber__language=issue.language)
    have_one = Delivery.objects.filter(issue__digest=digest, subscriber__isnull=False)
    return Subscriber.objects.filter(pk__in=chose_so.values("subscriber_id")).exclude(
        pk__in=have_one.values("subscriber_id")
    )


def recipients_by_choice(digest: Digest) -> dict[tuple[tuple[int, ...], str], int]:
    """How many would get an issue of a digest now, for each choice of topics and language."""
    coming = Subscription.objects.receiving(digest.newsletter, digest.frequency)
    if digest.issues.exclude(state__in=Issue.EDITABLE_STATES).exists():
        have_one = Delivery.objects.filter(issue__digest=digest, subscriber__isnull=False)
        coming = coming.exclude(subscriber__in=have_one.values("subscriber_id"))
    return {(topics, language): count for topics, language, count in coming.choices()}


def snapshot_recipients(issue: Issue, *, domain: str, canary_share: float = 0.0) -> int:
    """Writes a delivery for each who is to get the issue at this moment; returns how many.

    Args:
        first_share: which part of them, chosen by chance, goes out before the others.
    """
    values = {
        "issue": issue.pk,
        "newsletter": issue.newsletter_id,
        "domain": domain,
        "first_share": canary_share,
        "frequency": issue.frequency,
    }
    if issue.digest is None:
        return changed(SNAPSHOT, values)
    chosen = {
        "topics": sorted(issue.topics),
        "language": issue.language,
        "digest": issue.digest.pk,
    }
    about = THESE_TOPICS if issue.topics else ALL_TOPICS
    return changed(SNAPSHOT + about + MATCHING_CHOICE, {**values, **chosen})


def analyze() -> None:
    """Lets PostgreSQL look at the deliveries after many were written.

    Until it does by itself, it takes the waiting ones for few, and looks for the next by sorting
    all of them: 100 ms for each mail of 100,000 instead of one.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE newsletter_delivery")


def canary_share(issue: Issue, audience: int) -> float:
    """Which part of the audience goes first; 0 where all go at once.

    The issues of a digest are one mailing: many small ones have a first share together.
    """
    if issue.digest is not None:
        coming = Subscription.objects.receiving(issue.newsletter, issue.digest.frequency)
        audience = max(audience, coming.count())
    percent = issue.newsletter.canary_percent
    if percent == 0 or audience < CANARY_FROM:
        return 0.0
    return max(percent / 100, CANARY_AT_LEAST / audience)
