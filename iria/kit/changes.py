"""What changed last, told by the database itself: from this public pages have their ETags.

Every table whose rows are shown on public pages has triggers (`iria.shown`). A statement that
writes to one leaves a random mark under a scope: `content` for everything pages are made of,
`comments` for comments, `thread:<article>` for those of one article. The marks of a scope, XORed,
are its generation. So a generation changes in the very transaction that changed the rows, whoever
wrote them and however; writers never wait for each other, since each adds a row of its own; and a
database restored from a backup cannot come back to a generation with other rows behind it.
"""

from collections.abc import Iterable
from typing import Final

from django.db import connection, models

CONTENT: Final = "content"
COMMENTS: Final = "comments"


class Change(models.Model):
    """A mark that a statement left under a scope, or several such marks folded into one."""

    scope = models.CharField(max_length=40)
    mark = models.BigIntegerField()

    class Meta:
        app_label = "iria"
        indexes = [models.Index(fields=["scope"], include=["mark"], name="change_by_scope")]

    def __str__(self) -> str:
        return f"{self.scope}: {self.mark}"


def thread(article_id: int) -> str:
    """The scope of the comments below one article."""
    return f"thread:{article_id}"


GENERATIONS: Final = (
    "SELECT scope, bit_xor(mark) FROM iria_change WHERE scope = ANY(%s) GROUP BY scope"
)

FOLD: Final = """
WITH crowded AS (SELECT scope FROM iria_change GROUP BY scope HAVING count(*) > 1),
gone AS (
    DELETE FROM iria_change WHERE scope IN (SELECT scope FROM crowded) RETURNING scope, mark
)
INSERT INTO iria_change (scope, mark) SELECT scope, bit_xor(mark) FROM gone GROUP BY scope
"""


def generations(scopes: Iterable[str]) -> list[tuple[str, int]]:
    """The generation of each scope in which anything has changed yet, by name; one query."""
    with connection.cursor() as cursor:
        cursor.execute(GENERATIONS, [list(scopes)])
        return sorted(cursor.fetchall())


def fold() -> None:
    """Folds the marks of each scope into one; no generation changes by it."""
    with connection.cursor() as cursor:
        cursor.execute(FOLD)
