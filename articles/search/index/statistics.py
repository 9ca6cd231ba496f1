"""Keeps the statistics for ranking up to date.

A transaction adds to the totals at once if no other one is adding, and otherwise records a change
(`migrations/sql/search_statistics.sql`). Weights are computed with the mean length at the time when the
weights of the language were last written. Once the mean has changed by a tenth, they are written again,
in batches, so that nobody waits for it.
"""

from typing import Final

from django.db import connection, transaction

from articles.search.models import SearchEntry

MAX_DRIFT: Final = 0.1
BATCH: Final = 50

HAS_CHANGES: Final = "SELECT EXISTS (SELECT FROM articles_searchchange)"
ADD_UP: Final = "SELECT articles_search_add_up()"

LOCK: Final = "SELECT pg_advisory_xact_lock(1769105761, 1936023923)"
"""Waits for concurrent indexing, which would use the old mean."""

UPDATE_MEAN: Final = """
UPDATE articles_searchlanguage SET mean = length / articles
WHERE articles > 0 AND length > 0 AND abs(length / articles / mean - 1) > %s
RETURNING configuration
"""

TOUCH: Final = "UPDATE articles_searchentry SET vector = vector WHERE article_id = ANY(%s)"


def add_up() -> None:
    """Adds up recorded changes until none are left."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute(HAS_CHANGES)
            if not cursor.fetchone()[0]:
                return
            cursor.execute(ADD_UP)
            if not cursor.fetchone()[0]:
                return  # another transaction is adding, and checks again afterwards


def refresh() -> int:
    """Recomputes the weights of languages whose mean length has changed; returns how many entries."""
    add_up()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(UPDATE_MEAN, [MAX_DRIFT])
        changed = [name for (name,) in cursor.fetchall()]
    entries = SearchEntry.objects.filter(configuration__in=changed).order_by("pk")
    article_ids = list(entries.values_list("pk", flat=True)) if changed else []
    for start in range(0, len(article_ids), BATCH):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(TOUCH, [article_ids[start : start + BATCH]])
    return len(article_ids)
