"""Cache versions: what public pages are made from, as recorded by the database.

Every public table has triggers (`iria.core.db.triggers`). A statement that changes rows adds a random token
under a scope: `content` for everything, `comments` for comments, `thread:<article>` for those of one
article. The XOR of the tokens of a scope is its version. It changes in the transaction that changed the
rows; writers never wait for each other, since each adds a row; and a restored database cannot return to an
old version with other rows.

Some changes happen by the passage of time: a licence ends, a scheduled article is due. The columns of such
times are in the hook `scheduled_changes`. The last one in the past is part of the state, the next one
limits how long a page may be cached. Both are read in the same query.

Values that depend only on rows are kept in each process for one version (`ProcessCache`).
"""

from collections.abc import Callable, Hashable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from django.db import connection, models
from django.http import HttpRequest

from iria.core import hooks
from iria.core.model_policy import model_policy


class ProcessCache[T]:
    """Values by key, for one cache version."""

    def __init__(self) -> None:
        self._held: tuple[str, dict[Hashable, T]] = ("", {})

    def of(self, request: HttpRequest, key: Hashable, make: Callable[[], T]) -> T:
        """The value of a key, computed if it is not cached for the version of the request.

        A request without a version, such as one of the admin, always computes it.
        """
        generation: str = getattr(request, "generation", "")
        if not generation:
            return make()
        held = self._held
        if held[0] != generation:
            held = self._held = (generation, {})
        known = held[1].get(key)
        if known is None:
            known = held[1][key] = make()
        return known


CONTENT: Final = "content"
COMMENTS: Final = "comments"


@model_policy(public=None, personal_data=None)
class CacheVersion(models.Model):
    """A token that a statement added under a scope, or several of them in one."""

    scope = models.CharField(max_length=40)
    change_token = models.BigIntegerField(db_column="mark")

    class Meta:
        app_label = "iria"
        # The triggers of all public tables write here (`iria.core.db.triggers`).
        db_table = "iria_change"
        indexes = [models.Index(fields=["scope"], include=["change_token"], name="change_by_scope")]

    def __str__(self) -> str:
        return f"{self.scope}: {self.change_token}"


def thread(article_id: int) -> str:
    """The scope of the comments below one article."""
    return f"thread:{article_id}"


GENERATIONS: Final = (
    "SELECT scope, bit_xor(mark) FROM iria_change WHERE scope = ANY(%s) GROUP BY scope"
)
LAST, NEXT = " last moment", " next moment"
"""Beside the scopes, whose names never begin with a space."""
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

FOLD: Final = """
WITH crowded AS (SELECT scope FROM iria_change GROUP BY scope HAVING count(*) > 1),
gone AS (
    DELETE FROM iria_change WHERE scope IN (SELECT scope FROM crowded) RETURNING scope, mark
)
INSERT INTO iria_change (scope, mark) SELECT scope, bit_xor(mark) FROM gone GROUP BY scope
"""


@dataclass(frozen=True, slots=True)
class CacheState:
    """What public pages are made from at a moment."""

    versions: list[tuple[str, int]]
    """The generation of each scope in which anything has changed yet, by name; and the last moment
    that passed, so that nothing held or tagged before it counts any more."""
    last: datetime | None
    """When something last changed by the passage of time."""
    next: datetime | None
    """When something will change by itself."""

    def seconds_until_change(self, now: datetime, most: int, until: datetime) -> int:
        """Seconds for which nothing changes by itself, up to so many, and not past a moment."""
        soonest = min(self.next or until, until)
        return max(0, min(most, int((soonest - now).total_seconds())))


def current_state(scopes: Iterable[str], now: datetime) -> CacheState:
    """What pages of these scopes are made from now; one query.

    Args:
        now: by the clock that decides on what pages show. The database's may run ahead of it, and a
            page that still shows a thing must not get the tag of one that does not.
    """
    sql, times = _query()
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(scopes), *[now] * times])
        found = dict(cursor.fetchall())
    passed = found.get(LAST)
    after = found.pop(NEXT, None)
    return CacheState(sorted(found.items()), _moment(passed), _moment(after))


def generations(scopes: Iterable[str]) -> list[tuple[str, int]]:
    """The generations alone."""
    with connection.cursor() as cursor:
        cursor.execute(GENERATIONS, [list(scopes)])
        return sorted(cursor.fetchall())


@cache
def _query() -> tuple[str, int]:
    """The query, and how often it asks for the present moment; made once, when all rooms are there."""
    columns = list(hooks.scheduled_changes)
    if not columns:
        return GENERATIONS, 0
    sql = GENERATIONS
    for name, choose, first, sign in (
        (LAST, "greatest", "max", "<="),
        (NEXT, "least", "min", ">"),
    ):
        each = ", ".join(
            f'(SELECT {first}("{at.column}") FROM "{at.table}"'  # noqa: S608
            f' WHERE "{at.column}" {sign} %s{f" AND {at.condition}" if at.condition else ""})'
            for at in columns
        )
        microseconds = f"(extract(epoch FROM {choose}({each})) * 1000000)::bigint"
        sql += f" UNION ALL SELECT '{name}', moment FROM (SELECT {microseconds} AS moment OFFSET 0) AS {choose}_moment WHERE moment IS NOT NULL"  # noqa: S608
    return sql, 2 * len(columns)


def _moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else EPOCH + timedelta(microseconds=microseconds)


def compact() -> None:
    """Folds the marks of each scope into one; no generation changes by it."""
    with connection.cursor() as cursor:
        cursor.execute(FOLD)
