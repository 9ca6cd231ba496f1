"""Runs functions at the same time, each with its own database connection."""

import time
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection


def in_own_connection[T](action: Callable[[], T]) -> Callable[[], T]:
    """Wraps a function for a thread: with a lock time-out, and closes its connection."""

    def run() -> T:
        try:
            with connection.cursor() as cursor:
                cursor.execute("SET lock_timeout = '60s'")
            return action()
        finally:
            connection.close()

    return run


def at_once[T](*actions: Callable[[], T]) -> list[T]:
    """Runs all functions at the same time; returns their results, and raises their exceptions."""
    barrier = Barrier(len(actions))

    def run(action: Callable[[], T]) -> T:
        def start_together() -> T:
            barrier.wait(timeout=60)
            return action()

        return in_own_connection(start_together)()

    with ThreadPoolExecutor(len(actions)) as pool:
        return list(pool.map(run, actions))


def begin_and_wait[T](action: Callable[[], T]) -> "Future[T]":
    """Runs a function in a thread; returns when it waits for a lock of this transaction.

    Get its result after the transaction only; inside, it would wait forever.
    """
    waiting_before = _blocked_count()
    pool = ThreadPoolExecutor(1)
    running = pool.submit(in_own_connection(action))
    pool.shutdown(wait=False)
    deadline = time.monotonic() + 60
    while time.monotonic() < deadline and not running.done():
        if _blocked_count() > waiting_before:
            return running
        time.sleep(0.01)
    pytest.fail("It did not wait.")


def _blocked_count() -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(DISTINCT pid) FROM pg_locks"
            " WHERE NOT granted AND pg_backend_pid() = ANY(pg_blocking_pids(pid))"
        )
        return int(cursor.fetchone()[0])
