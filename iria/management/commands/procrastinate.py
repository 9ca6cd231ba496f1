"""Procrastinate's own command, with a worker that outlives an outage of PostgreSQL."""

import asyncio
import signal
from collections.abc import Awaitable, Callable
from typing import Any, Final

import psycopg
from django.core.management import CommandError
from procrastinate import PsycopgConnector
from procrastinate.contrib.django import app, connector_params
from procrastinate.contrib.django.management.commands import procrastinate
from procrastinate.exceptions import ConnectorException
from psycopg.errors import UndefinedTable

from iria.core.db import outage

ENDING: Final = (signal.SIGINT, signal.SIGTERM)
POOL_SECONDS: Final = 5.0

Work = Callable[..., Awaitable[None]]


class Command(procrastinate.Command):
    def execute(self, *args: Any, **options: Any) -> str | None:
        if options.get("command") == "worker":
            # A wrong address is a sentence now and no matter of patience; before the system checks,
            # which ask the pool.
            psycopg.connect(**connector_params()).close()
        return super().execute(*args, **options)

    def handle(self, *args: Any, **options: Any) -> None:
        if options.get("command") != "worker":
            super().handle(*args, **options)
            return
        kept = {name: value for name, value in options.items() if name not in self._django_options}
        del kept["command"]
        try:
            asyncio.run(keep_working(**kept))
        except ConnectorException as error:
            if not isinstance(error.__cause__, UndefinedTable):
                raise
            message = "The database has no tables yet; run `manage.py migrate` first."
            raise CommandError(message) from error


async def keep_working(func: Work, **options: Any) -> None:
    """Runs a worker until it is asked to end; after an outage, another one.

    Jobs that were in the middle of it count as stalled after half a minute and are given out again
    (`iria.tasks.retry_stalled_jobs`).
    """
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()

    def ask_to_stop() -> None:
        stop.set()
        for number in ENDING:  # a second signal ends it at once
            loop.remove_signal_handler(number)

    for number in ENDING:
        loop.add_signal_handler(number, ask_to_stop)
    while not stop.is_set():
        error = await _work(func, stop, {**options, "install_signal_handlers": False})
        if not options.get("wait", True):
            return
        if error is not None:
            outage.current.suspect(error)
        while outage.current.is_on and not stop.is_set():
            await asyncio.sleep(0.2)


async def _work(func: Work, stop: asyncio.Event, options: dict[str, Any]) -> Exception | None:
    """One worker, from its start to its end; the error, where an outage ended it."""
    # Procrastinate's own would wait 30 s for a connection, and try at growing intervals.
    connector = PsycopgConnector(
        kwargs=connector_params(), timeout=POOL_SECONDS, reconnect_timeout=0
    )
    with app.replace_connector(connector):
        work = asyncio.ensure_future(_open_and_work(func, options))
        asked = asyncio.ensure_future(stop.wait())
        await asyncio.wait({work, asked}, return_when=asyncio.FIRST_COMPLETED)
        if stop.is_set():
            work.cancel()
        asked.cancel()
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
    async with app.open_async():
        await func(app=app, **options)
