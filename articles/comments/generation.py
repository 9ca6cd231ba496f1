"""Under which scope the database tells of changes to a thread."""

from typing import Any

from django.db import connection
from django.http import HttpRequest

from iria.kit import changes

ARTICLE = "SELECT id FROM articles_article WHERE year = %s AND month = %s AND slug = %s"
"""Written out: it is all there is to do for a reader who holds the page already."""


def thread_scope(
    request: HttpRequest, year: int, month: int, slug: str, **rest: Any
) -> tuple[str, ...]:
    """The scope of the thread below the article at an address, for `public_page(also=…)`."""
    with connection.cursor() as cursor:
        cursor.execute(ARTICLE, [year, month, slug])
        found = cursor.fetchone()
    return (changes.thread(found[0]),) if found else ()
