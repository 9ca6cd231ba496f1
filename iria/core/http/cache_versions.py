"""Cache versions: what public pages are made from, as recorded by the database.

Every public table has triggers (`iria.core.db.triggers`). A statement that changes rows adds a random token
under a scope: `content` for everything, `comments` for comments, `thread:<article>` for those of one
article. The XOR of the tokens of a scope is its version. It changes in the transaction that changed the
rows; writers never wait for each other, since each adds a row; and a restored database cannot return to an
old version with different rows.

Some changes happen by the passage of time: a licence ends, a scheduled article is due. The columns of such
times are in the hook `scheduled_changes`. The last one in the past is part of the state, the next one
limits how long a page may be cached. Both are read in the same query.

Values that depend only on rows are cached in each process for one version (`ProcessCache`).
"""

from collections.abc import Callable, Hashable, Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import cache
from typing import Final

from django.db import connection, models
from django.http import HttpRequest

from iria.core import hooks
from iria.core.jobs import job
from iria.core.model_policy import Pruning, model_policy

_recording: ContextVar[set[str] | None] = ContextVar("shown_rows", default=None)


def record_row(prefix: str, key: int) -> None:
    """A row was loaded; called by `Model.from_db`."""
    scopes = _recording.get()
    if scopes is not None:
        scopes.add(f"{prefix}{key}")


def record_rows(scopes: Iterable[str]) -> None:
    """A value made from these rows is used once more."""
    recorded = _recording.get()
    if recorded is not None:
        recorded.update(scopes)


@contextmanager
def recording_rows() -> Iterator[set[str]]:
    """Collects the scopes of the rows loaded in the block; they count for an outer block as well."""
    scopes: set[str] = set()
    token = _recording.set(scopes)
    try:
        yield scopes
    finally:
        _recording.reset(token)
        record_rows(scopes)


class ProcessCache[T]:
    """Values by key, for one cache version."""

    def __init__(self) -> None:
        self._cached: tuple[str, dict[Hashable, tuple[T, set[str]]]] = ("", {})

    def of(self, request: HttpRequest, key: Hashable, make: Callable[[], T]) -> T:
        """The value of a key, computed if it is not cached for the version of the request.

        A request without a version, such as one of the admin, always computes it.
        """
        version: str = getattr(request, "generation", "")
        if not version:
            return make()
        cached = self._cached
        if cached[0] != version:
            cached = self._cached = (version, {})
        known = cached[1].get(key)
        if known is not None:
            record_rows(known[1])
            return known[0]
        with recording_rows() as rows:
            value = make()
        cached[1][key] = (value, rows)
        return value


CONTENT: Final = "content"
STRUCTURE: Final = "structure"
"""Every change of `content` beside those of columns that only pages with their row show
(`PublicRows.row_scope`). It is notified, and has no version."""
COMMENTS: Final = "comments"


@model_policy(
    public=None,
    personal_data=None,
    pruning=Pruning("iria.compact_cache_versions", "One row per scope is kept."),
)
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


VERSIONS: Final = (
    "SELECT scope, bit_xor(mark) FROM iria_change WHERE scope = ANY(%s) GROUP BY scope"
)
LAST, NEXT = " last moment", " next moment"
"""Keys of the result beside the scopes, whose names never begin with a space."""
EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)

COMPACT: Final = """
WITH crowded AS (SELECT scope FROM iria_change GROUP BY scope HAVING count(*) > 1),
gone AS (
    DELETE FROM iria_change WHERE scope IN (SELECT scope FROM crowded) RETURNING scope, mark
)
INSERT INTO iria_change (scope, mark) SELECT scope, bit_xor(mark) FROM gone GROUP BY scope
"""


@dataclass(frozen=True, slots=True)
class CacheState:
    """The cache versions and scheduled changes at a moment."""

    versions: list[tuple[str, int]]
    """The version of each scope in which anything has changed yet, by name; and the time of the last
    scheduled change, which invalidates everything cached or tagged before it."""
    last: datetime | None
    """The time of the last scheduled change."""
    next: datetime | None
    """The time of the next scheduled change."""

    def until(self, ends: datetime) -> datetime:
        """The next scheduled change, at the latest `ends`."""
        return min(self.next or ends, ends)


def current_state(scopes: Iterable[str], now: datetime) -> CacheState:
    """The state of these scopes; one query.

    Args:
        now: by the clock that decides what pages show. The clock of the database may be ahead, and a
            page that still shows something must not get the ETag of one that does not.
    """
    sql, times = _query()
    with connection.cursor() as cursor:
        cursor.execute(sql, [list(scopes), *[now] * times])
        versions = dict(cursor.fetchall())
    passed = versions.get(LAST)
    after = versions.pop(NEXT, None)
    return CacheState(sorted(versions.items()), _moment(passed), _moment(after))


def current_versions(scopes: Iterable[str]) -> list[tuple[str, int]]:
    """The versions of these scopes."""
    with connection.cursor() as cursor:
        cursor.execute(VERSIONS, [list(scopes)])
        return sorted(cursor.fetchall())


@cache
def _query() -> tuple[str, int]:
    """The query, and how many times it takes the current time; built once, after all apps have registered."""
    columns = list(hooks.scheduled_changes)
    if not columns:
        return VERSIONS, 0
    sql = VERSIONS
    for name, choose, first, operator in (
        (LAST, "greatest", "max", "<="),
        (NEXT, "least", "min", ">"),
    ):
        each = ", ".join(
            f'(SELECT {first}("{at.column}") FROM "{at.table}"'  # noqa: S608
            f' WHERE "{at.column}" {operator} %s{f" AND {at.condition}" if at.condition else ""})'
            for at in columns
        )
        microseconds = f"(extract(epoch FROM {choose}({each})) * 1000000)::bigint"
        sql += f" UNION ALL SELECT '{name}', moment FROM (SELECT {microseconds} AS moment OFFSET 0) AS {choose}_moment WHERE moment IS NOT NULL"  # noqa: S608
    return sql, 2 * len(columns)


def _moment(microseconds: int | None) -> datetime | None:
    return None if microseconds is None else EPOCH + timedelta(microseconds=microseconds)


@job("iria.compact_cache_versions", cron="* * * * *", aliases=["iria.fold_changes"])
def compact() -> None:
    """Merges the tokens of each scope into one, which does not change its version."""
    with connection.cursor() as cursor:
        cursor.execute(COMPACT)
