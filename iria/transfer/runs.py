"""The row of an import in the database: progress while it runs, counts and report afterwards.

An import by a command holds an advisory lock, so that it is known whether the command is still there. Imports in the
admin belong to the worker, which continues them.
"""

import json
import logging
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.db import (
    DatabaseError,
    InterfaceError,
    OperationalError,
    connection,
    connections,
    transaction,
)
from django.db.models import Exists, OuterRef, QuerySet
from django.utils import timezone
from psycopg.errors import DeadlockDetected, LockNotAvailable

from accounts.models import User
from iria.transfer.models import ImportChunk, ImportReportPage, ImportRun
from iria.transfer.report import Report

PAGE: Final = 100
"""Items of a report in one row."""
SECONDS: Final = 1.0
"""The time between two writes of the progress."""
ALIVE_SECONDS: Final = 10.0
MAX_LOCK_WAIT: Final = 200
"""Milliseconds."""
FILE_KEPT: Final = timedelta(days=7)
REPORT_KEPT: Final = timedelta(days=90)
State = ImportRun.State

logger = logging.getLogger(__name__)

LOCKS: Final = 1769107314
"""The first key of the locks of commands; the second is the id of the import."""
INTERRUPTED: Final = (
    "The command was interrupted. Give it again to continue, or undo what it has imported."
)


class Busy(Exception):
    """Another command imports the same; the message says so."""


class Stopped(Exception):
    """The worker is to stop; the import is continued by the next one."""


def is_lock_conflict(error: Exception) -> bool:
    """Whether another job or request held a row for too long: later the same will succeed."""
    return isinstance(error, OperationalError) and isinstance(
        error.__cause__, DeadlockDetected | LockNotAvailable
    )


def start(system: str, name: str, *, by: User | None) -> ImportRun:
    """The row of an import that a command starts, with its lock."""
    with transaction.atomic():
        run = ImportRun.objects.create(
            system=system[:30],
            name=name[:300],
            created_by=by,
            state=State.IMPORTING,
            started_at=timezone.now(),
        )
        # Before anybody else can see the row.
        _lock(run)
    return run


def of_source(run: ImportRun, source: str) -> ImportRun:
    """The row to go on with once the source is known: that of the last command, if it did not get to its end.

    So undoing it undoes all, and it ends like one that was not interrupted.

    Raises:
        Busy: the last command is still there. The new row is deleted.
    """
    run.source = source
    run.save(update_fields=["source"])
    mark_interrupted()
    before = _of_commands().filter(source=source).exclude(pk=run.pk).first()
    if _of_commands().contains(run) and before is not None:
        if before.state == State.IMPORTING:
            run.delete()
            raise Busy(f"Import {before.pk} of the same site is still running.")
        if before.state == State.FAILED:
            before.name, before.state, before.error, before.finished_at = (
                run.name,
                run.state,
                "",
                None,
            )
            before.save()
            _lock(before)
            run.delete()
            return before
    return run


def mark_interrupted() -> None:
    """Imports whose command is not there any more have failed."""
    running = _of_commands().filter(state=State.IMPORTING)
    for run in running:
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT 1 FROM pg_locks JOIN pg_database ON pg_database.oid = database"
                " WHERE datname = current_database() AND locktype = 'advisory' AND classid = %s AND objid = %s",
                _keys(run),
            )
            if cursor.fetchone() is None:
                fail(run, INTERRUPTED)


def _of_commands() -> QuerySet[ImportRun]:
    """Those that have no file for the worker."""
    chunks = ImportChunk.objects.filter(run=OuterRef("pk"))
    return ImportRun.objects.filter(~Exists(chunks), server_file="")


def _lock(run: ImportRun) -> None:
    """Until the connection ends."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_lock(%s, %s)", _keys(run))


def _keys(run: ImportRun) -> list[int]:
    return [LOCKS, run.pk % 2**31]


def finish(run: ImportRun, report: Report, problems: list[str], state: str) -> None:
    """Stores the report, and with it the state."""
    run.counts = {kind.value: figures for kind, figures in report.figures().items()}
    run.remark_counts = dict(report.remark_counts)
    run.problems, run.error, run.state = problems[:PAGE], "", state
    run.done = run.total
    run.finished_at = timezone.now()
    with transaction.atomic():
        store(run, report.sections())
        run.save()


def fail(run: ImportRun, error: str) -> None:
    run.state, run.error, run.finished_at = State.FAILED, error[:500], timezone.now()
    run.save(update_fields=["state", "error", "finished_at"])


def store(run: ImportRun, sections: Iterator[tuple[str, dict[str, Any]]]) -> None:
    """Replaces the report of a run. Each item comes with the name of its section."""
    run.report_pages.all().delete()
    waiting: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    numbers: dict[tuple[str, str, str], int] = {}

    def write(key: tuple[str, str, str]) -> None:
        section, kind, outcome = key
        items = waiting.pop(key)
        number = numbers.get(key, 0)
        numbers[key] = number + 1
        ImportReportPage.objects.create(
            run=run,
            section=section,
            kind=kind,
            outcome=outcome,
            number=number,
            length=len(items),
            items=zlib.compress(json.dumps(items).encode()),
        )

    for section, item in sections:
        key = (section, item["kind"], item.get("outcome", item.get("remark", ""))[:60])
        waiting.setdefault(key, []).append(item)
        if len(waiting[key]) == PAGE:
            write(key)
    for key in list(waiting):
        write(key)


def delete_old() -> None:
    """Deletes files that were not imported, and old reports; both contain personal data."""
    now = timezone.now()
    idle = ImportRun.objects.exclude(state__in=ImportRun.RUNNING)
    ImportChunk.objects.filter(run__in=idle.filter(created_at__lt=now - FILE_KEPT)).delete()
    old = idle.filter(created_at__lt=now - REPORT_KEPT)
    ImportReportPage.objects.filter(run__in=old).delete()


def items_of(page: ImportReportPage) -> list[dict[str, Any]]:
    items: list[dict[str, Any]] = json.loads(zlib.decompress(bytes(page.items)))
    return items


@dataclass(slots=True)
class Progress:
    """Stores how far a run is, past the transaction of a dry run, which would hide it until its end."""

    run: ImportRun
    stored_at: float = field(default=float("-inf"))

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now < self.stored_at + SECONDS and done < total:
            return
        self.run.done, self.run.total = done, total
        self.store()

    def is_alive(self, *_numbers: int) -> None:
        """Stores that the import goes on, while there is nothing to count."""
        if time.monotonic() > self.stored_at + ALIVE_SECONDS:
            self.store()

    def store(self) -> None:
        """Never waits, and may fail: a lock may be held by the transaction of this import itself."""
        self.stored_at = time.monotonic()
        connection = connections.create_connection("default")
        try:
            connection.set_autocommit(False)
            with connection.cursor() as cursor:
                cursor.execute(f"SET LOCAL lock_timeout = {MAX_LOCK_WAIT}")
                cursor.execute(
                    "UPDATE iria_importrun SET done = %s, total = %s, progress_at = now()"
                    " WHERE id = %s",
                    [self.run.done, self.run.total, self.run.pk],
                )
            connection.commit()
        except (DatabaseError, InterfaceError) as error:
            logger.warning("The progress of import %s was not stored: %s", self.run.pk, error)
        finally:
            connection.close()
