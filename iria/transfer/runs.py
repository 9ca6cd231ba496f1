"""The row of an import in the database: progress while it runs, counts and report afterwards."""

import json
import time
import zlib
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any, Final

from django.db import connections, transaction
from django.utils import timezone

from accounts.models import User
from iria.core.db.import_runs import ImportChunk, ImportReportPage, ImportRun
from iria.transfer.report import Report

PAGE: Final = 100
"""Items of a report in one row."""
SECONDS: Final = 1.0
"""At most so often the progress is stored."""
FILE_KEPT: Final = timedelta(days=7)
REPORT_KEPT: Final = timedelta(days=90)
State = ImportRun.State


class Stopped(Exception):
    """The worker is to stop; the import is continued by the next one."""


def start(system: str, name: str, *, by: User | None) -> ImportRun:
    """The row of an import that a command starts."""
    return ImportRun.objects.create(
        system=system[:30],
        name=name[:300],
        created_by=by,
        state=State.IMPORTING,
        started_at=timezone.now(),
    )


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
    found: list[dict[str, Any]] = json.loads(zlib.decompress(bytes(page.items)))
    return found


@dataclass(slots=True)
class Progress:
    """Stores how far a run is, past the transaction of a dry run, which would hide it until its end."""

    run: ImportRun
    stored_at: float = field(default=float("-inf"))

    def __call__(self, done: int, total: int) -> None:
        now = time.monotonic()
        if now < self.stored_at + SECONDS and done < total:
            return
        self.stored_at = now
        self.run.done, self.run.total = done, total
        connection = connections.create_connection("default")
        try:
            with connection.cursor() as cursor:
                cursor.execute(
                    "UPDATE iria_importrun SET done = %s, total = %s WHERE id = %s",
                    [done, total, self.run.pk],
                )
        finally:
            connection.close()
