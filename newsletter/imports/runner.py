"""Checks and imports a file of subscribers.

Rows are validated one by one and staged; a few statements in one transaction then write everything. If a worker dies,
nothing is written and its job starts again. The SQL statements work on sets of rows.
"""

from collections.abc import Iterable, Iterator
from itertools import batched
from typing import Any, Final

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import DatabaseError, connection, transaction
from django.db.models import Count
from django.db.models.functions import Lower
from django.utils import timezone

from iria.core.db.bulk import copy_values
from iria.core.jobs import AFTER_OTHERS, job
from iria.core.text.csv_export import as_csv, unescape_formula
from iria.core.text.languages import LANGUAGE_NAMES
from iria.core.text.validators import one_line, validate_storable
from newsletter.imports.csv_reader import (
    UNCONFIRMED_WORDS,
    ColumnMapping,
    Row,
    Table,
    email_and_name,
    is_email,
    is_unsubscribed,
    plain,
    says_unsubscribed,
)
from newsletter.models import ImportRow, Subscriber, SubscriberImport
from newsletter.models.subscriber import NAME_MAX_LENGTH
from newsletter.subscriptions import email_addresses, suppression

HEADER = ("line", "result", "reason", "value")


def as_table(subscriber_import: SubscriberImport) -> Iterator[str]:
    """Yields the skipped and changed rows as CSV, by line number."""
    rows = subscriber_import.rows.order_by("line", "pk").iterator(chunk_size=2000)
    return as_csv(
        HEADER,
        ((row.line, row.get_outcome_display(), row.reason, row.raw_value) for row in rows),
    )


State, Outcome = SubscriberImport.State, ImportRow.Outcome
BATCH_SIZE: Final = 20_000
"""Rows staged before the progress is updated."""
IMPORT_FAILED: Final = "Import failed; nothing was saved. Check the file again."
LINE_COLUMNS: Final = ("subscriber_import_id", "line", "outcome", "reason", "raw_value")
Line = tuple[int, int, str, str, str]


class Unsubscribed(ValidationError):
    """The file says that somebody unsubscribed, was suppressed, or never confirmed."""

    email = ""
    """The address of the person; empty if they never confirmed."""


def dry_run(import_id: int) -> None:
    """Computes the outcome of every row; changes no subscriber."""
    _run(import_id, state=State.CHECKING, next_state=State.CHECKED)


def run_import(import_id: int) -> None:
    """Imports the valid rows; running it again changes nothing."""
    _run(import_id, state=State.IMPORTING, next_state=State.DONE)


@job("newsletter.import", queue=settings.LONG_QUEUE, priority=AFTER_OTHERS)
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


def _run(import_id: int, *, state: str, next_state: str) -> None:
    subscriber_import = SubscriberImport.objects.filter(pk=import_id, state=state).first()
    if subscriber_import is None or subscriber_import.content is None:
        return
    with connection.cursor() as cursor:
        cursor.execute(UNSTAGE)
        cursor.execute(STAGE)
    try:
        lines, unsubscribed = _stage(subscriber_import)
        with transaction.atomic():
            current = SubscriberImport.objects.select_for_update().get(pk=import_id)
            # A second worker that has read the row finds it done.
            if current.state == state:
                _evaluate(current, lines)
                if next_state == State.DONE:
                    _write(current)
                    _keep_unsubscribed(unsubscribed, current)
                _close(current, next_state)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(UNSTAGE)


def _stage(subscriber_import: SubscriberImport) -> tuple[list[Line], list[str]]:
    """Copies the file into the temporary table; returns the rows to report, and the addresses of those who
    unsubscribed.
    """
    table = Table.of(bytes(subscriber_import.content or b""))
    columns = ColumnMapping.of(subscriber_import.columns)
    lines: list[Line] = []
    unsubscribed: list[str] = []
    rows = iter(table.rows())
    if columns.has_header:
        next(rows, None)
    count = 0
    while batch := list(_staged_rows(subscriber_import.pk, rows, columns, lines, unsubscribed)):
        copy_values("imported_address", ("line", "email", "name", "language"), filter(None, batch))
        count += len(batch)
        SubscriberImport.objects.filter(pk=subscriber_import.pk).update(
            rows_read=count, total_rows=len(table.lines)
        )
    with connection.cursor() as cursor:
        cursor.execute(ANALYZE_STAGED)
    return lines, unsubscribed


def _staged_rows(
    import_id: int,
    rows: Iterator[Row],
    columns: ColumnMapping,
    lines: list[Line],
    unsubscribed: list[str],
) -> Iterator[tuple[Any, ...] | None]:
    """Yields the rows to stage; None for those that are invalid or excluded."""
    for _, row in zip(range(BATCH_SIZE), rows, strict=False):
        try:
            email, name, language, remarks = _parse_row(row, columns)
        except ValidationError as error:
            raw_value = _cell(row, columns.email) or " ".join(row.cells)
            outcome = Outcome.INVALID
            if isinstance(error, Unsubscribed):
                outcome = Outcome.UNSUBSCRIBED
                unsubscribed += [error.email] if error.email else []
            lines.append(_line(import_id, row, outcome, " ".join(error.messages), raw_value))
            yield None
            continue
        lines += [_line(import_id, row, Outcome.WARNING, remark, email) for remark in remarks]
        yield (row.line, email, name, language)


def _parse_row(row: Row, columns: ColumnMapping) -> tuple[str, str, str, list[str]]:
    """Returns address, name, language and remarks of a row.

    Raises:
        Unsubscribed: the file says so.
        ValidationError: the row cannot be imported; the message says why.
    """
    if row.error:
        raise ValidationError(row.error)
    if columns.email >= len(row.cells):
        raise ValidationError(f"No e-mail address found; columns in this row: {len(row.cells)}.")
    raw_value, name_with_address = email_and_name(_cell(row, columns.email))
    email, remarks = email_addresses.normalise(raw_value), _other_email_remarks(row, columns)
    name = one_line(_cell(row, columns.name)) or one_line(name_with_address)
    try:
        validate_storable(name)
    except ValidationError:
        name = ""
        remarks.append("The name contains characters that cannot be stored and was skipped.")
    if len(name) > NAME_MAX_LENGTH:
        name = ""
        remarks.append(f"The name is longer than {NAME_MAX_LENGTH} characters and was skipped.")
    _check_status(
        email, _cell(row, columns.state).strip()[:40], _cell(row, columns.gone).strip()[:40]
    )
    code_in_file = _cell(row, columns.language).strip().lower().replace("_", "-")
    language = next(
        (code for code in (code_in_file, code_in_file.split("-")[0]) if code in LANGUAGE_NAMES), ""
    )
    if code_in_file and not language:
        remarks.append(f"“{code_in_file[:20]}” is not a supported language and was skipped.")
    return email, name, language, remarks


def _check_status(email: str, state: str, unsubscribed: str) -> None:
    """Raises Unsubscribed if the file says so, or ValidationError if the status is unknown."""
    status_says_so = is_unsubscribed(state)
    if status_says_so or says_unsubscribed(unsubscribed):
        message = f"The file says “{state if status_says_so else unsubscribed}”, so this person is not imported."
        error = Unsubscribed(message)
        error.email = "" if plain(state) in UNCONFIRMED_WORDS else email
        raise error
    if status_says_so is None:
        raise ValidationError(
            f"“{state}” is not a known status, so this person is not imported. If the column means something else, ignore it."
        )


def _other_email_remarks(row: Row, columns: ColumnMapping) -> list[str]:
    """Remarks about the other addresses on a line without columns."""
    if columns.has_header:
        return []
    others = [cell for index, cell in enumerate(row.cells) if index != columns.email]
    if not any(is_email(cell) for cell in others):
        return []
    return ["Only the first address of this row was imported. Use one row for each address."]


def _cell(row: Row, index: int | None) -> str:
    exists = index is not None and index < len(row.cells)
    return unescape_formula(row.cells[index]) if exists else ""  # type: ignore[index]


def _line(import_id: int, row: Row, outcome: str, reason: str, raw_value: str) -> Line:
    shown = one_line(raw_value).encode(errors="replace").decode()
    reason = one_line(reason).encode(errors="replace").decode()
    return import_id, row.line, outcome, reason[:300], shown[:100]


def _evaluate(current: SubscriberImport, lines: Iterable[Line]) -> None:
    current.rows.all().delete()
    copy_values("newsletter_importrow", LINE_COLUMNS, lines)
    newsletters = list(current.newsletters.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(LOCK)
        cursor.execute(EVALUATE, {"newsletters": newsletters})
        cursor.execute(ANALYZE_OUTCOMES)
        cursor.execute(INSERT_ROWS, {"subscriber_import": current.pk})
        cursor.execute(OUTCOMES)
        counts = dict(cursor.fetchall())
    # Unsubscribed according to the database, or according to the file.
    outcomes = dict(current.rows.order_by().values_list("outcome").annotate(Count("pk")))
    counts |= {"broken": outcomes.get("broken", 0), "left": outcomes.get("left", 0)}
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
        cursor.execute(SUBSCRIBE_NEW)
        # Fewer than the check said if somebody has signed up meanwhile.
        current.counts["new"] = min(current.count("new"), cursor.rowcount)
        cursor.execute(SUBSCRIBE_PENDING)
        cursor.execute(INSERT_SUBSCRIPTIONS, values)
        cursor.execute(INSERT_CONSENTS, values)
        cursor.execute(ANALYZE_TABLES)


def _keep_unsubscribed(emails: list[str], current: SubscriberImport) -> None:
    """Keeps a hash of those who unsubscribed elsewhere, so that no later list without a status subscribes them."""
    for batch in batched(sorted({each.lower() for each in emails}), BATCH_SIZE):
        known = set(
            Subscriber.objects.annotate(lower_email=Lower("email"))
            .filter(lower_email__in=batch)
            .values_list("lower_email", flat=True)
        )
        details = f"Unsubscribed according to import {current.pk}"
        suppression.keep_unsubscribe_hashes(
            [each for each in batch if each not in known], details=details
        )


def _close(current: SubscriberImport, next_state: str) -> None:
    current.state, current.error = next_state, ""
    current.rows_read = sum(current.counts.values())
    if next_state == State.DONE:
        current.content, current.done_at = None, timezone.now()
    current.save()


STAGE: Final = """
CREATE TEMPORARY TABLE imported_address (line integer, email text, name text, language text)
"""
UNSTAGE: Final = "DROP TABLE IF EXISTS imported_address, import_outcome"
ANALYZE_STAGED: Final = "ANALYZE imported_address"
ANALYZE_OUTCOMES: Final = "ANALYZE import_outcome"
ANALYZE_TABLES: Final = """
ANALYZE newsletter_subscriber, newsletter_subscription, newsletter_consent,
        newsletter_consentednewsletter
"""
"""Until autovacuum has run, PostgreSQL expects few rows, and pages that count subscribers take minutes."""

LOCK: Final = """
SELECT id FROM newsletter_subscriber
 WHERE lower(email) IN (SELECT lower(email) FROM imported_address)
 ORDER BY id FOR NO KEY UPDATE
"""
"""An unsubscribe at the same time is before or after this. `opt_in` locks in the same order."""

EVALUATE: Final = """
CREATE TEMPORARY TABLE import_outcome ON COMMIT DROP AS
SELECT i.line, i.email, i.name, i.language, i.first_line, s.id AS subscriber_id, s.state,
       CASE WHEN i.line <> i.first_line THEN 'duplicate'
            WHEN s.state = 'suppressed' OR p.reason <> 'left' THEN 'suppressed'
            WHEN s.state = 'left' OR p.reason = 'left' THEN 'left'
            WHEN s.id IS NULL THEN 'new'
            WHEN s.state = 'active' AND n.received >= cardinality(%(newsletters)s) THEN 'known'
            ELSE 'added' END AS outcome
  FROM (SELECT *, min(line) OVER (PARTITION BY lower(email)) AS first_line
          FROM imported_address) i
  LEFT JOIN newsletter_subscriber s ON lower(s.email) = lower(i.email)
  LEFT JOIN newsletter_suppression p ON p.removed_at IS NULL AND p.email_hash =
       encode(sha256(convert_to('iria.suppression:' || lower(i.email), 'UTF8')), 'hex')
  LEFT JOIN (SELECT subscriber_id, count(*) AS received FROM newsletter_subscription
              WHERE newsletter_id = ANY(%(newsletters)s) GROUP BY subscriber_id) n
    ON n.subscriber_id = s.id
"""
"""The outcome of each row. The hash is that of `querysets.email_hash`; a test compares them."""

OUTCOMES: Final = "SELECT outcome, count(*) FROM import_outcome GROUP BY outcome"

INSERT_ROWS: Final = """
INSERT INTO newsletter_importrow (subscriber_import_id, line, outcome, reason, raw_value)
SELECT %(subscriber_import)s, line, outcome,
       CASE outcome WHEN 'duplicate' THEN 'This address is already in line ' || first_line || '.'
                 WHEN 'left' THEN 'This person unsubscribed. Only they can subscribe again.'
                 ELSE 'This address is on the suppression list.' END,
       left(email, 100)
  FROM import_outcome WHERE outcome IN ('duplicate', 'left', 'suppressed')
"""

SUBSCRIBE_NEW: Final = """
WITH created AS (
    INSERT INTO newsletter_subscriber
        (email, state, token, language, name, created_at, confirmed_at, suppression_reason)
    SELECT email, 'active', replace(gen_random_uuid()::text || gen_random_uuid()::text, '-', ''),
           language, name, now(), now(), ''
      FROM import_outcome WHERE outcome = 'new'
    ON CONFLICT (lower(email)) DO NOTHING
    RETURNING id, email
)
UPDATE import_outcome f SET subscriber_id = created.id FROM created
 WHERE f.outcome = 'new' AND f.email = created.email
"""
"""The tokens have 244 random bits from PostgreSQL. Somebody who signs up at the same time is skipped."""

SUBSCRIBE_PENDING: Final = """
UPDATE newsletter_subscriber s
   SET state = 'active', confirmed_at = now(),
       name = coalesce(nullif(s.name, ''), f.name),
       language = coalesce(nullif(s.language, ''), f.language)
  FROM import_outcome f
 WHERE f.outcome = 'added' AND s.id = f.subscriber_id AND s.state = 'pending'
"""

INSERT_SUBSCRIPTIONS: Final = """
INSERT INTO newsletter_subscription (subscriber_id, newsletter_id, frequency, created_at)
SELECT f.subscriber_id, n.id, n.frequency, now()
  FROM import_outcome f
 CROSS JOIN unnest(%(newsletters)s::bigint[], %(frequencies)s::text[]) AS n (id, frequency)
 WHERE f.outcome IN ('new', 'added') AND f.subscriber_id IS NOT NULL
ON CONFLICT (subscriber_id, newsletter_id) DO NOTHING
"""

INSERT_CONSENTS: Final = """
WITH agreed AS (
    INSERT INTO newsletter_consent
        (subscriber_id, source_url, wording, language, asked_at, answered_at, answer, confirmed_at)
    SELECT f.subscriber_id, %(source)s, %(consent)s, '', now(), now(), 'none', now()
      FROM import_outcome f
     WHERE f.outcome IN ('new', 'added') AND f.subscriber_id IS NOT NULL
    RETURNING id
)
INSERT INTO newsletter_consentednewsletter (consent_id, newsletter_id, frequency, topics)
SELECT agreed.id, n.id, n.frequency, NULL
  FROM agreed
 CROSS JOIN unnest(%(newsletters)s::bigint[], %(frequencies)s::text[]) AS n (id, frequency)
"""
