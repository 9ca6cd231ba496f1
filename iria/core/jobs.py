"""Jobs of the worker: `@job` declares one, and `enqueue` queues it by its name.

By name, so that the code that queues a job need not import the code that does it. A job is queued in
the transaction that makes it necessary, so that both are saved or neither. Names stay: jobs with
them may be in the queue when a new release starts. A renamed job has its old name among its `aliases`.
"""

import logging
import time
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from inspect import iscoroutinefunction, markcoroutinefunction
from typing import Any, Final

from django.db import transaction
from procrastinate.contrib.django import app
from procrastinate.exceptions import AlreadyEnqueued
from procrastinate.job_context import JobContext

log = logging.getLogger(__name__)

AFTER_OTHERS: Final = -10
"""The priority of jobs that take long."""


def job[F: Callable[..., Any]](name: str, *, cron: str = "", **options: Any) -> Callable[[F], F]:
    """Declares a function as a job, and leaves the function itself as it is.

    Args:
        cron: when to run it without being queued; at most one waits at a time.
        options: those of procrastinate's `app.task`, such as `queue`, `retry` and `aliases`.
    """

    def declare(function: F) -> F:
        register: Any = app.task(name=name, queueing_lock=name if cron else None, **options)
        if not cron:
            register(function)
            return function

        @wraps(function)
        def run(*context: JobContext, timestamp: int) -> Any:
            return function(*context)

        if iscoroutinefunction(function):
            markcoroutinefunction(run)
        app.periodic(cron=cron)(register(run))
        return function

    return declare


def enqueue(
    name: str,
    *,
    after: timedelta | None = None,
    at: datetime | None = None,
    once: bool = False,
    lock: str | None = None,
    **arguments: Any,
) -> None:
    """Queues a job with these arguments.

    Args:
        once: only if no job with the same arguments waits already.
        lock: jobs with the same lock run one after the other.
    """
    options: dict[str, Any] = {"lock": lock} if lock else {}
    if after:
        options["schedule_in"] = {"seconds": int(after.total_seconds())}
    elif at:
        options["schedule_at"] = at
    if not once:
        app.configure_task(name, **options).defer(**arguments)
        return
    # A periodic job has a `timestamp`, and its name as its lock.
    values = [str(value) for key, value in arguments.items() if key != "timestamp"]
    options["queueing_lock"] = " ".join([name, *values])
    try:
        with transaction.atomic():
            app.configure_task(name, **options).defer(**arguments)
    except AlreadyEnqueued:
        log.info("%s is already queued", options["queueing_lock"])


def stop_after(seconds: float, context: JobContext) -> Callable[[], bool]:
    """Returns a function that tells a long job when to stop: for other jobs, or with the worker."""
    until = time.monotonic() + seconds
    return lambda: context.should_abort() or time.monotonic() > until
