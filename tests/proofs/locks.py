"""Measures the locks of a program, and how long readers wait for them."""

import time
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from threading import Event, Thread
from typing import Final

import psycopg
from psycopg import sql

BLOCKS_READING: Final = "AccessExclusiveLock"
BLOCKS_WRITING: Final = ("ShareLock", "ShareRowExclusiveLock", "ExclusiveLock", BLOCKS_READING)
PAUSE: Final = 0.01
READ_EVERY: Final = 0.1
MAX_READ: Final = "60s"

# A waiting lock counts too, because later readers queue behind it.
_LOCKS = """
SELECT program.xact_start, tables.relname, locks.mode
FROM pg_locks AS locks
JOIN pg_class AS tables ON tables.oid = locks.relation AND tables.relkind = 'r'
JOIN pg_stat_activity AS program ON program.pid = locks.pid
WHERE locks.locktype = 'relation' AND program.application_name = %s
    AND program.datname = current_database() AND locks.mode = ANY(%s)
"""


@dataclass
class Seen:
    """The longest times in seconds: of locks by table and mode, and of reads by table."""

    locks: dict[tuple[str, str], float] = field(default_factory=lambda: defaultdict(float))
    reads: dict[str, float] = field(default_factory=lambda: defaultdict(float))
    samples: int = 0

    def longest(self, modes: Iterable[str], tables: Iterable[str]) -> float:
        return max((self.locks.get((t, m), 0.0) for t in tables for m in modes), default=0.0)


@contextmanager
def watch_locks(url: str, program: str, tables: list[str]) -> Iterator[Seen]:
    """Samples the locks of the program with this name, and reads from the tables meanwhile."""
    seen, done = Seen(), Event()
    threads = [Thread(target=_sample, args=(url, program, seen, done))]
    threads += [Thread(target=_read, args=(url, table, seen, done)) for table in tables]
    for thread in threads:
        thread.start()
    try:
        yield seen
    finally:
        done.set()
        for thread in threads:
            thread.join()


def _sample(url: str, program: str, seen: Seen, done: Event) -> None:
    with psycopg.connect(url, autocommit=True) as database:
        # By transaction, since one may take a lock that another has just released.
        since: dict[tuple[datetime, str, str], float] = {}
        while not done.is_set():
            locks = database.execute(_LOCKS, [program, list(BLOCKS_WRITING)]).fetchall()
            now = time.monotonic()
            since = {each: since.get(each, now) for each in locks}
            for (_, table, mode), first in since.items():
                seen.locks[table, mode] = max(seen.locks[table, mode], now - first)
            seen.samples += 1
            time.sleep(PAUSE)


def _read(url: str, table: str, seen: Seen, done: Event) -> None:
    query = sql.SQL("SELECT 1 FROM {} LIMIT 1").format(sql.Identifier(table))
    with psycopg.connect(url, autocommit=True) as database:
        database.execute(f"SET statement_timeout = '{MAX_READ}'")
        while not done.is_set():
            begin = time.monotonic()
            try:
                database.execute(query)
            except psycopg.errors.UndefinedTable:
                return  # this upgrade removes it
            except psycopg.errors.QueryCanceled:
                pass  # it waited for the maximum time
            seen.reads[table] = max(seen.reads[table], time.monotonic() - begin)
            time.sleep(READ_EVERY)
