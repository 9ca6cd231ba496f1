"""What readers chose moved from rows of its own into a list in the subscription, and can move back."""

from typing import Any

import pytest
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

pytestmark = pytest.mark.django_db
BEFORE = ("newsletter", "0014_digests_held_by_editors")
AFTER = ("newsletter", "0015_topics_in_the_row")


def moved_to(target: tuple[str, str]) -> Any:
    """The database as it is after this migration, and its models; all in the test's own transaction."""
    with connection.cursor() as cursor:
        # No table could be changed whose rows of this transaction wait to be looked at.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
    executor = MigrationExecutor(connection)
    return executor.migrate([target]).apps


def some_readers(apps: Any) -> dict[str, int]:
    """Readers of before: of two topics, of one beside what the editors write, of everything."""
    model = apps.get_model
    topics = {
        name: model("articles", "Category").objects.create(name=name, slug=name, path=name).pk
        for name in ("japan", "china")
    }
    news = model("newsletter", "Newsletter").objects.get(slug="news")
    readers = {
        "two": ("daily", ["china", "japan"]),
        "all": ("daily", []),
        "issues": ("issues", ["japan"]),
    }
    for name, (rhythm, chosen) in readers.items():
        reader = model("newsletter", "Subscriber").objects.create(
            email=f"{name}@readers.example", token=name
        )
        subscription = reader.subscriptions.create(newsletter=news, rhythm=rhythm)
        for topic in chosen:
            subscription.subscribedtopic_set.create(category_id=topics[topic])
        consent = reader.consents.create(where="/", wording="Yes", asked_at=timezone.now())
        # One of those they agreed to is gone since.
        agreed = [topics[topic] for topic in chosen] and [topics["japan"], 10**9]
        consent.wished.create(newsletter=news, rhythm=rhythm, topics=agreed)
    return topics


def rows(statement: str) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(statement)
        return {name.removesuffix("@readers.example"): tuple(kept) for name, *kept in cursor}


TOPICS = "SELECT email, n.topics FROM newsletter_subscription n JOIN newsletter_subscriber s ON s.id = n.subscriber_id"
AGREED = """SELECT email, w.topics{} FROM newsletter_consentednewsletter w
  JOIN newsletter_consent c ON c.id = w.consent_id JOIN newsletter_subscriber s ON s.id = c.subscriber_id"""
ROWS = """SELECT email, array_agg(t.category_id ORDER BY t.category_id) FILTER (WHERE t.id IS NOT NULL)
  FROM newsletter_subscription n JOIN newsletter_subscriber s ON s.id = n.subscriber_id
  LEFT JOIN newsletter_subscribedtopic t ON t.subscription_id = n.id GROUP BY email"""


def test_topics_move_into_the_row_and_everything_stays_everything() -> None:
    topics = some_readers(moved_to(BEFORE))
    both = sorted(topics.values())
    moved_to(AFTER)
    # Beside what the editors write, topics never changed anything.
    assert rows(TOPICS) == {"two": (both,), "all": (None,), "issues": (None,)}
    agreed = ([topics["japan"], 10**9], ["/category/japan/", ""])
    assert rows(AGREED.format(", w.addresses")) == {
        "two": agreed, "all": (None, []), "issues": agreed,
    }  # fmt: skip


def test_they_move_back_and_whoever_has_none_left_does_not_get_everything() -> None:
    topics = some_readers(moved_to(BEFORE))
    moved_to(AFTER)
    with connection.cursor() as cursor:
        cursor.execute(
            "INSERT INTO newsletter_subscriber (email, token, state, created_at, suppressed_because)"
            " VALUES ('none@readers.example', 'none', 'pending', now(), '')"
        )
        cursor.execute(
            "INSERT INTO newsletter_subscription (subscriber_id, newsletter_id, rhythm, since, topics)"
            " SELECT s.id, n.newsletter_id, 'daily', now(), '{}' FROM newsletter_subscriber s,"
            " newsletter_subscription n WHERE s.token = 'none' LIMIT 1"
        )
    moved_to(BEFORE)
    assert rows(ROWS) == {"two": (sorted(topics.values()),), "all": (None,), "issues": (None,)}
    japan = [topics["japan"], 10**9]
    assert rows(AGREED.format("")) == {"two": (japan,), "all": ([],), "issues": (japan,)}
