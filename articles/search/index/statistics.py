"""Keeping the numbers of ranking true, and the weights of postings near to the mean length of the articles.

Who saves adds to the numbers at once where nobody else is adding, and leaves a note where somebody is
(`migrations/sql/search_statistics.sql`). A weight is measured by the mean
length as it was when the weights of its language were last written. Once the true mean has moved on
by a tenth, they are written anew: some articles at a time, so that nobody waits for it.
"""

from typing import Final

from django.db import connection, transaction

from articles.search.models import SearchEntry

MOVED: Final = 0.1
BATCH: Final = 50

NOTED: Final = "SELECT EXISTS (SELECT FROM articles_searchchange)"
ADD_UP: Final = "SELECT articles_search_add_up()"

ALONE: Final = "SELECT pg_advisory_xact_lock(1769105761, 1936023923)"
"""Waits for everybody who is indexing, or one of them would weigh by the mean of before."""

MOVE_ON: Final = """
UPDATE articles_searchlanguage SET mean = length / articles
WHERE articles > 0 AND length > 0 AND abs(length / articles / mean - 1) > %s
RETURNING configuration
"""

TOUCH: Final = "UPDATE articles_searchentry SET vector = vector WHERE article_id = ANY(%s)"


def add_up() -> None:
    """Adds what others could not add, because it was somebody else's turn, until nothing is left."""
    with connection.cursor() as cursor:
        while True:
            cursor.execute(NOTED)
            if not cursor.fetchone()[0]:
                return
            cursor.execute(ADD_UP)
            if not cursor.fetchone()[0]:
                return  # whoever is at it looks again afterwards


def refresh() -> int:
    """Writes the weights anew of languages whose articles became longer or shorter; returns of how many."""
    add_up()
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(ALONE)
        cursor.execute(MOVE_ON, [MOVED])
        moved = [name for (name,) in cursor.fetchall()]
    entries = SearchEntry.objects.filter(configuration__in=moved).order_by("pk")
    article_ids = list(entries.values_list("pk", flat=True)) if moved else []
    for start in range(0, len(article_ids), BATCH):
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute(TOUCH, [article_ids[start : start + BATCH]])
    return len(article_ids)
