"""Checks and imports a file of subscribers.

Rows are validated one by one and staged; a few statements in one transaction then write everything. If a worker dies,
nothing is written and its job starts again.
"""

from collections.abc import Iterable, Iterator
from typing import Any, Final

from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import Count
from django.utils import timezone

from articles.editorial.models.article import LANGUAGES
from iria.core.db.bulk_copy import copy_values
from iria.core.text.csv_export import as_csv, unescape_formula
from iria.core.text.validators import one_line, validate_storable
from newsletter.imports import sql
from newsletter.imports.column_mapping import (
    ColumnMapping,
    email_and_name,
    is_email,
    is_unsubscribed,
    says_unsubscribed,
)
from newsletter.imports.csv_reader import Row, Table
from newsletter.models import ImportRow, SubscriberImport
from newsletter.models.subscriber import NAME_MAX_LENGTH
from newsletter.subscriptions import email_addresses

HEADER = ("line", "result", "reason", "value")


def as_table(made: SubscriberImport) -> Iterator[str]:
    """Yields the skipped and changed rows as CSV, by line number."""
    lines = made.rows.order_by("line", "pk").iterator(chunk_size=2000)
    return as_csv(
        HEADER,
        ((each.line, each.get_outcome_display(), each.reason, each.raw_value) for each in lines),
    )


State, Outcome = SubscriberImport.State, ImportRow.Outcome
BATCH_SIZE: Final = 20_000
"""Rows staged before the progress is updated."""
CODES: Final = frozenset(code for code, _name in LANGUAGES)
IMPORT_FAILED: Final = "Import failed; nothing was saved. Check the file again."
LINE_COLUMNS: Final = ("subscriber_import_id", "line", "outcome", "reason", "raw_value")
Line = tuple[int, int, str, str, str]


class Unsubscribed(ValidationError):
    """The file says that somebody unsubscribed, was suppressed, or never confirmed."""


def dry_run(import_id: int) -> None:
    """Computes the outcome of every row; changes no subscriber."""
    _run(import_id, while_in=State.CHECKING, then=State.CHECKED)


def run_import(import_id: int) -> None:
    """Imports the valid rows; running it again changes nothing."""
    _run(import_id, while_in=State.IMPORTING, then=State.DONE)


def resume(import_id: int) -> None:
    """Runs the pending step of an import; called by the worker."""
    try:
        dry_run(import_id)
        run_import(import_id)
    except DatabaseError:
        # Everything was rolled back; the page shows the error and allows another try.
        SubscriberImport.objects.filter(pk=import_id, state__in=SubscriberImport.RUNNING).update(
            state=State.NEW, error=IMPORT_FAILED
        )
        raise


def _run(import_id: int, *, while_in: str, then: str) -> None:
    known = SubscriberImport.objects.filter(pk=import_id, state=while_in).first()
    if known is None or known.content is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(sql.UNSTAGE)
        cursor.execute(sql.STAGE)
    try:
        lines = _stage(known)
        with transaction.atomic():
            current = SubscriberImport.objects.select_for_update().get(pk=import_id)
            # A second worker that has read the row finds it done.
            if current.state == while_in:
                _evaluate(current, lines)
                if then == State.DONE:
                    _write(current)
                _close(current, then)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(sql.UNSTAGE)


def _stage(known: SubscriberImport) -> list[Line]:
    """Copies the file into the temporary table; returns the rows to report."""
    table, columns = Table.of(bytes(known.content or b"")), ColumnMapping.of(known.columns)
    lines: list[Line] = []
    rows = iter(table.rows())
    if columns.has_header:
        next(rows, None)
    read = 0
    while some := list(_taken(known.pk, rows, columns, lines)):
        copy_values("imported_address", ("line", "email", "name", "language"), filter(None, some))
        read += len(some)
        SubscriberImport.objects.filter(pk=known.pk).update(
            rows_read=read, total_rows=len(table.lines)
        )
    with connection.cursor() as cursor:
        cursor.execute(sql.COUNT)
    return lines


def _taken(
    import_id: int, rows: Iterator[Row], columns: ColumnMapping, lines: list[Line]
) -> Iterator[tuple[Any, ...] | None]:
    """Yields the rows to stage; None for those that are invalid or excluded."""
    for _, row in zip(range(BATCH_SIZE), rows, strict=False):
        try:
            email, name, language, remarks = _of_row(row, columns)
        except ValidationError as error:
            typed = _cell(row, columns.email) or " ".join(row.cells)
            outcome = Outcome.UNSUBSCRIBED if isinstance(error, Unsubscribed) else Outcome.INVALID
            lines.append(_line(import_id, row, outcome, " ".join(error.messages), typed))
            yield None
            continue
        lines += [_line(import_id, row, Outcome.WARNING, remark, email) for remark in remarks]
        yield (row.line, email, name, language)


def _of_row(row: Row, columns: ColumnMapping) -> tuple[str, str, str, list[str]]:
    """Returns address, name, language and remarks of a row.

    Raises:
        Unsubscribed: the file says so.
        ValidationError: the row cannot be imported; the message says why.
    """
    if row.error:
        raise ValidationError(row.error)
    if columns.email >= len(row.cells):
        sentence = f"No e-mail address found; columns in this row: {len(row.cells)}."
        raise ValidationError(sentence)
    typed, called = email_and_name(_cell(row, columns.email))
    email, remarks = email_addresses.normal(typed), _of_others(row, columns)
    name = one_line(_cell(row, columns.name)) or one_line(called)
    try:
        validate_storable(name)
    except ValidationError:
        name = ""
        remarks.append("The name contains characters that cannot be stored and was skipped.")
    if len(name) > NAME_MAX_LENGTH:
        name = ""
        remarks.append(f"The name is longer than {NAME_MAX_LENGTH} characters and was skipped.")
    _check_status(_cell(row, columns.state).strip()[:40], _cell(row, columns.gone).strip()[:40])
    said = _cell(row, columns.language).strip().lower().replace("_", "-")
    language = next((code for code in (said, said.split("-")[0]) if code in CODES), "")
    if said and not language:
        remarks.append(f"“{said[:20]}” is not a supported language and was skipped.")
    return email, name, language, remarks


def _check_status(state: str, gone: str) -> None:
    """Raises Unsubscribed if the file says so, or ValidationError if the status is unknown."""
    is_told = is_unsubscribed(state)
    if is_told or says_unsubscribed(gone):
        sentence = f"The file says “{state if is_told else gone}”, so this person is not imported."
        raise Unsubscribed(sentence)
    if is_told is None:
        sentence = f"“{state}” is not a known status, so this person is not imported. If the column means something else, ignore it."
        raise ValidationError(sentence)


def _of_others(row: Row, columns: ColumnMapping) -> list[str]:
    """Remarks about the other addresses on a line without columns."""
    if columns.has_header:
        return []
    others = [cell for place, cell in enumerate(row.cells) if place != columns.email]
    if not any(is_email(cell) for cell in others):
        return []
    return ["Only the first address of this row was imported. Use one row for each address."]


def _cell(row: Row, place: int | None) -> str:
    is_there = place is not None and place < len(row.cells)
    return unescape_formula(row.cells[place]) if is_there else ""  # type: ignore[index]


def _line(import_id: int, row: Row, outcome: str, reason: str, typed: str) -> Line:
    visible = one_line(typed).encode(errors="replace").decode()
    reason = one_line(reason).encode(errors="replace").decode()
    return import_id, row.line, outcome, reason[:300], visible[:100]


def _evaluate(current: SubscriberImport, lines: Iterable[Line]) -> None:
    current.rows.all().delete()
    copy_values("newsletter_importrow", LINE_COLUMNS, lines)
    newsletters = list(current.newsletters.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(sql.LOCK)
        cursor.execute(sql.EVALUATE, {"newsletters": newsletters})
        cursor.execute(sql.COUNT_OUTCOMES)
        cursor.execute(sql.INSERT_ROWS, {"subscriber_import": current.pk})
        cursor.execute(sql.OUTCOMES)
        counts = dict(cursor.fetchall())
    # Unsubscribed according to the database, or according to the file.
    told = dict(current.rows.order_by().values_list("outcome").annotate(Count("pk")))
    counts |= {"broken": told.get("broken", 0), "left": told.get("left", 0)}
    current.counts = counts


def _write(current: SubscriberImport) -> None:
    newsletters = list(current.newsletters.order_by("pk"))
    values: dict[str, Any] = {
        "newsletters": [newsletter.pk for newsletter in newsletters],
        "frequencies": [newsletter.usual_frequency.value for newsletter in newsletters],
        "source": f"Import {current.pk}: {current.name}"[:300],
        "consent": current.consent,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.SUBSCRIBE_NEW)
        # Fewer than the check said if somebody has signed up meanwhile.
        current.counts["new"] = min(current.count("new"), cursor.rowcount)
        cursor.execute(sql.SUBSCRIBE_PENDING)
        cursor.execute(sql.INSERT_SUBSCRIPTIONS, values)
        cursor.execute(sql.INSERT_CONSENTS, values)
        cursor.execute(sql.ANALYZE_TABLES)


def _close(current: SubscriberImport, then: str) -> None:
    current.state, current.error = then, ""
    current.rows_read = sum(current.counts.values())
    if then == State.DONE:
        current.content, current.done_at = None, timezone.now()
    current.save()
