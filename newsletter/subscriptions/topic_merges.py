"""Updates the topics of subscribers when categories are merged or deleted.

Topics are lists of IDs without foreign keys. A deleted category is removed; an empty list means nothing is sent.
"""

from typing import Any, Final

from django.db import connection
from django.db.models.signals import post_delete

from articles.editorial.models import Category
from iria.core import hooks
from iria.core.hooks import IdListReference
from newsletter.models import Subscription

REPLACE: Final = """
UPDATE newsletter_subscription
   SET topics = ARRAY(SELECT DISTINCT t FROM unnest(array_replace(topics, %(goes)s, %(stays)s)) t
                       ORDER BY t)
 WHERE topics @> ARRAY[%(goes)s]::bigint[]
"""
REMOVE: Final = """
UPDATE newsletter_subscription SET topics = array_remove(topics, %(goes)s)
 WHERE topics @> ARRAY[%(goes)s]::bigint[]
"""

LOCK: Final = """
WITH held AS MATERIALIZED (
    SELECT id FROM newsletter_subscription WHERE topics && %(goes)s::bigint[]
     ORDER BY id FOR NO KEY UPDATE
)
SELECT count(*) FROM held
"""


def lock(old: list[int]) -> None:
    """Locks the subscriptions with any of these topics, in the same order as everywhere."""
    with connection.cursor() as cursor:
        cursor.execute(LOCK, {"goes": old})


def repoint(old: int, new: int) -> None:
    """Replaces a merged category in the topics of subscriptions."""
    with connection.cursor() as cursor:
        cursor.execute(REPLACE, {"goes": old, "stays": new})


def remove_category(*, instance: Category, **signal: Any) -> None:
    """Removes a deleted category from subscriptions; an empty list means that nothing is sent."""
    with connection.cursor() as cursor:
        cursor.execute(REMOVE, {"goes": instance.pk})


def count(old: list[int], new: int) -> tuple[int, int]:
    """Counts subscriptions with one of these topics, and how many of them have the new one too."""
    subscriptions = Subscription.objects.filter(topics__overlap=old)
    return subscriptions.count(), subscriptions.filter(topics__contains=[new]).exclude(
        topics=[new]
    ).count()


def register() -> None:
    kind = ("subscriber's choice", "subscribers' choices")
    hooks.id_list_references.register(
        "newsletter", IdListReference(Category._meta.label, kind, count, lock, repoint)
    )
    post_delete.connect(remove_category, sender=Category, dispatch_uid="newsletter.take_out")
