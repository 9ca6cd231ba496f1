"""Procrastinate's command, with a worker that survives database outages."""

import asyncio
import logging
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Container
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from typing import Any, Final

import psycopg
from django.conf import settings
from django.core.management import CommandError
from django.db import DatabaseError, InterfaceError, connection
from gunicorn.systemd import sd_notify  # type: ignore[import-untyped]
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app, connector_params
from procrastinate.contrib.django.management.commands import procrastinate
from procrastinate.exceptions import ConnectorException
from psycopg.errors import UndefinedTable

from iria import health
from iria.core import hooks
from iria.core.db import outage
from iria.core.db.backend.base import DatabaseWrapper

END_SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
POOL_SECONDS: Final = 5.0
LOCK_TIMEOUT: Final = "10min"
"""Then a job that waits for a lock fails: who holds it may be waiting for the job."""
WATCH_SECONDS: Final = 30.0
EXIT_SECONDS: Final = 30.0

logger = logging.getLogger(__name__)

Work = Callable[..., Awaitable[None]]


class Command(procrastinate.Command):
    def execute(self, *args: Any, **options: Any) -> str | None:
        if options.get("command") == "worker":
            # A wrong URL fails at once, and is not retried like an outage; before the system checks,
            # which use the pool.
            psycopg.connect(**connector_params()).close()
            DatabaseWrapper.limits["lock_timeout"] = LOCK_TIMEOUT
        return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        if options.get("command") != "worker":
            super().handle(*args, **options)
            return
        worker_options = {
            name: value for name, value in options.items() if name not in self._django_options
        }
        del worker_options["command"]
        try:
            asyncio.run(run_worker(**worker_options))
        except ConnectorException as error:
            if not isinstance(error.__cause__, UndefinedTable):
                raise
            raise CommandError(
                "The database has no tables yet; run `manage.py migrate` first."
            ) from error


async def run_worker(func: Work, **options: Any) -> None:
    """Runs a worker until it is stopped; starts another one after an outage.

    Interrupted jobs count as stalled after half a minute and are retried
    (`iria.tasks.retry_stalled_jobs`).
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def request_stop() -> None:
        stop.set()
        for number in END_SIGNALS:  # a second signal ends the process at once
            loop.remove_signal_handler(number)

    for number in END_SIGNALS:
        loop.add_signal_handler(number, request_stop)
    running: set[int] = set()

    async def note(call_next: Callable[[], Awaitable[Any]], context: Any, _worker: Any) -> Any:
        running.add(context.job.id)
        try:
            return await call_next()
        finally:
            running.discard(context.job.id)

    options["worker_middleware"] = [note]
    watching = asyncio.ensure_future(_watch(running, request_stop))
    while not stop.is_set():
        error = await _run_until_stopped(func, stop, {**options, "install_signal_handlers": False})
        if not options.get("wait", True):
            break
        if error is not None:
            outage.current.suspect(error)
        while outage.current.is_on and not stop.is_set():
            await asyncio.sleep(0.2)
    watching.cancel()


async def _watch(running: Container[int], request_stop: Callable[[], None]) -> None:
    """Ends this process if one of its jobs hangs, since a thread cannot be ended; the others are repeated.

    systemd, which is told after each look, ends it if this or the whole process hangs (WatchdogSec).
    """
    # Jobs may use every thread of the pool that they share.
    pool, loop = ThreadPoolExecutor(1), asyncio.get_running_loop()
    while True:
        sd_notify("WATCHDOG=1", logger)
        await asyncio.sleep(WATCH_SECONDS)
        with suppress(DatabaseError, InterfaceError):
            if await loop.run_in_executor(pool, end_hanging_jobs, running):
                break
    request_stop()
    ending = threading.Timer(EXIT_SECONDS, os._exit, [1])
    ending.daemon = True
    ending.start()


def end_hanging_jobs(running: Container[int]) -> bool:
    """Lets those of this worker fail; returns whether there were any."""
    try:
        jobs = [job for job in health.hanging_jobs() if job.pk in running]
        for job in jobs:
            logger.error("The job %s (%s) has made no progress and is ended.", job.task, job.pk)
            with connection.cursor() as cursor:
                cursor.execute("SELECT procrastinate_finish_job_v1(%s, 'failed', false)", [job.pk])
            if progress := hooks.job_progress.get(job.task):
                progress.fail(job.arguments)
        return bool(jobs)
    finally:
        connection.close()


async def _run_until_stopped(
    func: Work, stop: asyncio.Event, options: dict[str, Any]
) -> Exception | None:
    """Runs one worker; returns the error if an outage ended it."""
    # Procrastinate's default connector waits 30 s for a connection, and retries at growing intervals.
    connector = PsycopgConnector(
        kwargs=connector_params(), timeout=POOL_SECONDS, reconnect_timeout=0
    )
    with app.replace_connector(connector):
        work = asyncio.ensure_future(_open_and_work(func, options))
        stop_requested = asyncio.ensure_future(stop.wait())
        await asyncio.wait({work, stop_requested}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            work.cancel()
        stop_requested.cancel()
        try:
            await work
        except asyncio.CancelledError:
            return None
        except Exception as error:
            if not outage.is_outage(error):
                raise
            return error
    return None


async def _open_and_work(func: Work, options: dict[str, Any]) -> None:
    """Long jobs have places of their own, so that neither kind waits for the other."""
    each_options = [options]
    if not options.get("queues"):
        others = {each.queue for each in app.tasks.values()} - {settings.LONG_QUEUE}
        long_jobs = {"queues": [settings.LONG_QUEUE], "concurrency": settings.LONG_CONCURRENCY}
        each_options = [{**options, "queues": sorted(others)}, {**options, **long_jobs}]
    async with app.open_async():
        workers = [asyncio.ensure_future(func(app=app, **each)) for each in each_options]
        try:
            await asyncio.gather(*workers)
        finally:
            for worker in workers:
                worker.cancel()
            await asyncio.gather(*workers, return_exceptions=True)
