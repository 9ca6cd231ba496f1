"""Uploads a file of subscribers and enqueues its check and import."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import islice
from typing import Final

from django.db import transaction
from django.db.models import BinaryField, F, Func
from django.utils import timezone

from accounts.models import User
from iria.core import jobs
from iria.core.text.validators import one_line
from newsletter.imports.csv_reader import (
    NEVER_SUBSCRIBED,
    ColumnMapping,
    Row,
    Service,
    Table,
    plain,
    service_of,
)
from newsletter.models import ImportRow, Newsletter, SubscriberImport

MAX_BYTES: Final = 50 * 1024 * 1024
SHOWN_ROWS: Final = 6
SAMPLE_BYTES: Final = 200_000
"""Bytes of the file that are read for its first rows."""
FILE_RETENTION: Final = timedelta(days=7)
ROW_RETENTION: Final = timedelta(days=30)
OTHER_FILE_TYPES: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf")
"""First bytes of Excel, LibreOffice, Word and PDF files."""
State = SubscriberImport.State


class NotPossible(Exception):
    """The file cannot be imported. The message is shown to the user."""


def upload(
    content: bytes, *, name: str, newsletters: Sequence[Newsletter], consent: str, by: User | None
) -> SubscriberImport:
    """Stores a file and detects its columns; nobody is subscribed yet.

    Raises:
        NotPossible: it is too large, not a table, or empty, or there is no consent.
    """
    if len(content) > MAX_BYTES:
        raise NotPossible(f"The file is larger than {MAX_BYTES // 1024 // 1024} MB. Split it.")
    if not consent.strip():
        raise NotPossible("Enter the proof of consent; it is required.")
    if content.startswith(OTHER_FILE_TYPES):
        raise NotPossible(
            "This is a spreadsheet or a document, not a text file. Save it as CSV and upload that file."
        )
    if one_line(name).lower().startswith(NEVER_SUBSCRIBED):
        raise NotPossible(
            "By its name this file holds people who never subscribed. They have not consented."
        )
    rows = _first_rows(content)
    if not rows:
        raise NotPossible("The file contains no rows. Check that it is the right file.")
    with transaction.atomic():
        subscriber_import = SubscriberImport.objects.create(
            name=one_line(name)[:200] or "Untitled",
            content=content,
            consent=one_line(consent)[:500],
            columns=ColumnMapping.guessed(rows).as_json(),
            created_by=by,
        )
        subscriber_import.newsletters.set(newsletters)
    return subscriber_import


def service_of_rows(rows: Sequence[Row]) -> Service | None:
    """The e-mail service that a file with these first rows comes from, if it is one we know."""
    return service_of(frozenset(plain(cell) for cell in rows[0].cells)) if rows else None


def first_rows_of(subscriber_import: SubscriberImport) -> list[Row]:
    """Returns the first rows of the file, to match its columns."""
    beginning = Func(
        F("content"), 1, SAMPLE_BYTES, function="substring", output_field=BinaryField()
    )
    content = (
        SubscriberImport.objects.filter(pk=subscriber_import.pk)
        .values_list(beginning, flat=True)
        .first()
    )
    return _first_rows(bytes(content)) if content is not None else []


def _first_rows(content: bytes) -> list[Row]:
    beginning = content[:SAMPLE_BYTES]
    if len(beginning) == SAMPLE_BYTES:
        # Not inside a character, or another encoding would be detected.
        beginning = beginning.rpartition(b"\n")[0] or beginning
    return list(islice(Table.of(beginning).rows(), SHOWN_ROWS))


def enqueue_dry_run(subscriber_import: SubscriberImport, columns: ColumnMapping) -> bool:
    """Enqueues a check with these columns; returns False if it is running or done."""
    return _enqueue(
        subscriber_import,
        [State.NEW, State.CHECKED],
        state=State.CHECKING,
        columns=columns.as_json(),
        counts={},
        rows_read=0,
        error="",
    )


def enqueue_run(subscriber_import: SubscriberImport) -> bool:
    """Enqueues the import of a checked file; returns False if it is not checked, or done."""
    return _enqueue(
        subscriber_import, [State.CHECKED], state=State.IMPORTING, rows_read=0, error=""
    )


def _enqueue(subscriber_import: SubscriberImport, states: list[str], **changes: object) -> bool:
    allowed = SubscriberImport.objects.filter(
        pk=subscriber_import.pk, state__in=states, content__isnull=False
    )
    with transaction.atomic():
        changed = allowed.update(**changes)
        if changed:
            transaction.on_commit(lambda: enqueue(subscriber_import.pk))
    subscriber_import.refresh_from_db()
    return bool(changed)


def in_progress() -> list[int]:
    """Returns the imports that wait for the worker; their job may have been lost."""
    running = SubscriberImport.objects.filter(state__in=SubscriberImport.RUNNING)
    return list(running.values_list("pk", flat=True))


def delete_old_files() -> None:
    """Deletes files that were not imported, and the addresses in reported rows, after some days."""
    now = timezone.now()
    idle = SubscriberImport.objects.exclude(state__in=SubscriberImport.RUNNING)
    idle.filter(created_at__lt=now - FILE_RETENTION, content__isnull=False).update(content=None)
    ImportRow.objects.filter(subscriber_import__created_at__lt=now - ROW_RETENTION).delete()


def enqueue(import_id: int) -> None:
    """Queues the check or import of a file; never two jobs for the same file, queued or running."""
    lock = f"newsletter.import {import_id}"
    jobs.enqueue("newsletter.import", once=True, lock=lock, import_id=import_id)
