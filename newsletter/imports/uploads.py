"""Uploads a file of subscribers and enqueues its check and import."""

from collections.abc import Sequence
from datetime import timedelta
from itertools import islice
from typing import Final

from django.db import transaction
from django.db.models import BinaryField, F, Func
from django.utils import timezone

from accounts.models import User
from iria.core.text.validators import one_line
from newsletter import job_queue
from newsletter.imports.column_mapping import ColumnMapping
from newsletter.imports.csv_reader import Row, Table
from newsletter.models import ImportRow, Newsletter, SubscriberImport

MOST_BYTES: Final = 50 * 1024 * 1024
SHOWN_ROWS: Final = 6
SAMPLE: Final = 200_000
"""Bytes of the file that are read for its first rows."""
FILE_KEPT: Final = timedelta(days=7)
LINES_KEPT: Final = timedelta(days=30)
NO_TABLES: Final = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0", b"%PDF", b"{\\rtf")
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
    if len(content) > MOST_BYTES:
        sentence = f"The file is larger than {MOST_BYTES // 1024 // 1024} MB. Split it."
        raise NotPossible(sentence)
    if not consent.strip():
        sentence = "Enter the proof of consent; it is required."
        raise NotPossible(sentence)
    if content.startswith(NO_TABLES):
        sentence = "This is a spreadsheet or a document, not a text file. Save it as CSV and upload that file."
        raise NotPossible(sentence)
    rows = _first_rows(content)
    if not rows:
        sentence = "The file contains no rows. Check that it is the right file."
        raise NotPossible(sentence)
    with transaction.atomic():
        made = SubscriberImport.objects.create(
            name=one_line(name)[:200] or "Untitled",
            content=content,
            consent=one_line(consent)[:500],
            columns=ColumnMapping.guessed(rows).as_json(),
            created_by=by,
        )
        made.newsletters.set(newsletters)
    return made


def first_rows_of(chosen: SubscriberImport) -> list[Row]:
    """Returns the first rows of the file, to match its columns."""
    cut = Func(F("content"), 1, SAMPLE, function="substring", output_field=BinaryField())
    found = SubscriberImport.objects.filter(pk=chosen.pk).values_list(cut, flat=True).first()
    return _first_rows(bytes(found)) if found is not None else []


def _first_rows(content: bytes) -> list[Row]:
    beginning = content[:SAMPLE]
    if len(beginning) == SAMPLE:
        # Not inside a character, or another encoding would be detected.
        beginning = beginning.rpartition(b"\n")[0] or beginning
    return list(islice(Table.of(beginning).rows(), SHOWN_ROWS))


def enqueue_dry_run(chosen: SubscriberImport, columns: ColumnMapping) -> bool:
    """Enqueues a check with these columns; returns False if it is running or done."""
    return _enqueue(
        chosen,
        [State.NEW, State.CHECKED],
        state=State.CHECKING,
        columns=columns.as_json(),
        counts={},
        rows_read=0,
        error="",
    )


def enqueue_run(chosen: SubscriberImport) -> bool:
    """Enqueues the import of a checked file; returns False if it is not checked, or done."""
    return _enqueue(chosen, [State.CHECKED], state=State.IMPORTING, rows_read=0, error="")


def _enqueue(chosen: SubscriberImport, out_of: list[str], **changes: object) -> bool:
    waiting = SubscriberImport.objects.filter(pk=chosen.pk, state__in=out_of, content__isnull=False)
    with transaction.atomic():
        changed = waiting.update(**changes)
        if changed:
            transaction.on_commit(lambda: job_queue.enqueue_import(chosen.pk))
    chosen.refresh_from_db()
    return bool(changed)


def in_progress() -> list[int]:
    """Returns the imports that wait for the worker; their job may have been lost."""
    waiting = SubscriberImport.objects.filter(state__in=SubscriberImport.RUNNING)
    return list(waiting.values_list("pk", flat=True))


def delete_old_files() -> None:
    """Deletes files that were not imported, and the addresses in reported rows, after some days."""
    now = timezone.now()
    idle = SubscriberImport.objects.exclude(state__in=SubscriberImport.RUNNING)
    idle.filter(created_at__lt=now - FILE_KEPT, content__isnull=False).update(content=None)
    ImportRow.objects.filter(subscriber_import__created_at__lt=now - LINES_KEPT).delete()
