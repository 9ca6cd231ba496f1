"""The recipients of an issue: fixed by one statement when sending starts."""

from typing import Final

from django.db import connection

from newsletter.delivery.claims import execute
from newsletter.models import Delivery, Digest, Issue, Subscriber, Subscription
from newsletter.models.newsletter import MIN_CANARY_SIZE, MIN_RECIPIENTS_FOR_CANARY
from newsletter.models.querysets import SubscriberQuerySet


def lock_digest_of(issue_id: int) -> None:
    """Locks the digest of an issue, if it has one, before the issue itself is locked.

    Everything that changes an issue and reads the others of its digest does this first: starting,
    resuming, merging topics. This order prevents deadlocks.
    """
    Digest.objects.select_for_update(of=("self",)).filter(issues=issue_id).first()


SNAPSHOT: Final = """
INSERT INTO newsletter_delivery
    (issue_id, subscriber_id, state, wave, attempts, due_at, message_id, details, created_at)
SELECT %(issue)s, s.id, 'queued', CASE WHEN random() < %(canary_share)s THEN 0 ELSE 1 END, 0, now(),
       '<' || lpad(to_hex(row_number() OVER ()), 6, '0') || '.' || gen_random_uuid()
           || '@' || %(domain)s || '>', '', now()
  FROM newsletter_subscriber s
  JOIN newsletter_subscription n ON n.subscriber_id = s.id AND n.newsletter_id = %(newsletter)s
 WHERE s.state = 'active' AND n.frequency = %(frequency)s
"""
"""The UUIDs cannot be guessed but start in ascending order, so that their index is filled at its end.
This saves a third of the time.
"""

ALL_TOPICS: Final = "   AND n.topics IS NULL"
THESE_TOPICS: Final = "   AND n.topics = %(topics)s::bigint[]"
MATCHING_CHOICE: Final = """
   AND s.language = %(language)s
   AND NOT EXISTS (SELECT FROM newsletter_delivery d JOIN newsletter_issue i ON i.id = d.issue_id
                    WHERE i.digest_id = %(digest)s AND d.subscriber_id = s.id)
"""
"""For a digest: subscribers whose choice this issue is for. A subscriber who has changed the choice
since, and is a recipient of another issue of the same period, does not get a second one.
"""


def audience(issue: Issue) -> SubscriberQuerySet:
    """Returns the subscribers who would receive an issue now."""
    digest = issue.digest
    if digest is None:
        return Subscriber.objects.receiving(issue.newsletter)
    subscriptions = Subscription.objects.receiving(issue.newsletter, digest.frequency)
    matching = subscriptions.with_exact_topics(issue.topics).filter(
        subscriber__language=issue.language
    )
    existing = Delivery.objects.filter(issue__digest=digest, subscriber__isnull=False)
    return Subscriber.objects.filter(pk__in=matching.values("subscriber_id")).exclude(
        pk__in=existing.values("subscriber_id")
    )


def recipients_by_choice(digest: Digest) -> dict[tuple[tuple[int, ...], str], int]:
    """Counts the recipients of a digest now, by topics and language."""
    subscriptions = Subscription.objects.receiving(digest.newsletter, digest.frequency)
    if digest.issues.exclude(state__in=Issue.EDITABLE_STATES).exists():
        existing = Delivery.objects.filter(issue__digest=digest, subscriber__isnull=False)
        subscriptions = subscriptions.exclude(subscriber__in=existing.values("subscriber_id"))
    return {(topics, language): count for topics, language, count in subscriptions.choices()}


def snapshot_recipients(issue: Issue, *, domain: str, canary_share: float = 0.0) -> int:
    """Creates a delivery for each current recipient of the issue; returns how many.

    Args:
        canary_share: the share of recipients, chosen at random, who receive it first.
    """
    values = {
        "issue": issue.pk,
        "newsletter": issue.newsletter_id,
        "domain": domain,
        "canary_share": canary_share,
        "frequency": issue.frequency,
    }
    if issue.digest is None:
        return execute(SNAPSHOT, values)
    choice = {
        "topics": sorted(issue.topics),
        "language": issue.language,
        "digest": issue.digest.pk,
    }
    topics_condition = THESE_TOPICS if issue.topics else ALL_TOPICS
    return execute(SNAPSHOT + topics_condition + MATCHING_CHOICE, {**values, **choice})


def analyze() -> None:
    """Updates the statistics of PostgreSQL after many deliveries were created.

    Until autovacuum does so, PostgreSQL expects few pending rows and sorts all of them for each
    claim: 100 ms per e-mail with 100,000 recipients instead of 1 ms.
    """
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE newsletter_delivery")


def canary_share(issue: Issue, audience: int) -> float:
    """Returns the share of the audience that receives the issue first; 0 for no canary batch.

    The issues of a digest have one canary batch together.
    """
    if issue.digest is not None:
        subscriptions = Subscription.objects.receiving(issue.newsletter, issue.digest.frequency)
        audience = max(audience, subscriptions.count())
    percent = issue.newsletter.canary_percent
    if percent == 0 or audience < MIN_RECIPIENTS_FOR_CANARY:
        return 0.0
    return max(percent / 100, MIN_CANARY_SIZE / audience)
