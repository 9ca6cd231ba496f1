"""People and workers at the same moment, each with a connection of its own."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection


def in_own_connection[T](deed: Callable[[], T]) -> Callable[[], T]:
    """The deed for a thread: it waits for no lock for ever, and the connection that it opens is closed."""

    def do() -> T:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '15s'")
            return deed()
        finally:
            connection.close()

    return do


def at_once[T](*deeds: Callable[[], T]) -> list[T]:
    """Does them all at the same moment; what one of them raises is raised here."""
    barrier = Barrier(len(deeds))

    def do(deed: Callable[[], T]) -> T:
        def together() -> T:
            barrier.wait(timeout=20)
            return deed()

        return in_own_connection(together)()

    with ThreadPoolExecutor(len(deeds)) as pool:
        return list(pool.map(do, deeds))


def begin_and_wait[T](deed: Callable[[], T]) -> "Future[T]":
    """Begins a deed in a thread, and returns once it waits for a lock of this transaction.

    Ask for its result after the transaction; before, it would wait for ever.
    """
    waited = _waiting_for_us()
    pool = ThreadPoolExecutor(1)
    running = pool.submit(in_own_connection(deed))
    pool.shutdown(wait=False)
    until = time.monotonic() + 20
    while time.monotonic() < until and not running.done():
        if _waiting_for_us() > waited:
            return running
        time.sleep(0.01)
    pytest.fail("It did not wait.")


def _waiting_for_us() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT pid) FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return int(cursor.fetchone()[0])
