"""What is to be told of a file's lines, as a table to take away.

Looking over a file of subscribers, and taking it in.

The rows are read and judged by their form one by one, and staged; then everything that is written
is written by a few statements in one transaction. Nothing is ever half-written: a worker that dies
leaves nothing, and its job begins anew.
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
    address_and_name,
    is_address,
    is_unsubscribed,
    says_gone,
)
from newsletter.imports.csv_reader import Row, Table
from newsletter.models import ImportedLine, SubscriberImport
from newsletter.models.subscriber import NAME_MAX_LENGTH
from newsletter.subscriptions import email_addresses

HEADER = ("line", "what came of it", "why", "what stood there")


def as_table(made: SubscriberImport) -> Iterator[str]:
    """Every line that was not taken in as it stands, by its number."""
    lines = made.lines.order_by("line", "pk").iterator(chunk_size=2000)
    return as_csv(
        HEADER,
        ((each.line, each.get_fate_display(), each.reason, each.typed) for each in lines),
    )


State, Fate = SubscriberImport.State, ImportedLine.Outcome
AT_ONCE: Final = 20_000
"""So many rows are staged before the page that follows it hears of them."""
CODES: Final = frozenset(code for code, _name in LANGUAGES)
NOT_TAKEN: Final = "It could not be written, and nothing was: please look it over once more."
LINE_COLUMNS: Final = ("of_id", "line", "fate", "reason", "typed")
Line = tuple[int, int, str, str, str]


class Unsubscribed(ValidationError):
    """The file itself says that somebody has left, was barred, or never confirmed."""


def dry_run(import_id: int) -> None:
    """Says of every row what would become of it, and writes no subscriber."""
    _run(import_id, while_in=State.LOOKING, then=State.CHECKED)


def run_import(import_id: int) -> None:
    """Takes in what can be taken in; a second time changes nothing."""
    _run(import_id, while_in=State.IMPORTING, then=State.DONE)


def resume(import_id: int) -> None:
    """What the worker does for an import that waits for it."""
    try:
        dry_run(import_id)
        run_import(import_id)
    except DatabaseError:
        # Everything was rolled back; whoever watches it learns so and may try again.
        SubscriberImport.objects.filter(pk=import_id, state__in=SubscriberImport.UNDER_WAY).update(
            state=State.NEW, trouble=NOT_TAKEN
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
            # Two workers may both have read it; the second finds it done.
            if current.state == while_in:
                _judge(current, lines)
                if then == State.DONE:
                    _write(current)
                _close(current, then)
    finally:
        with connection.cursor() as cursor:
            cursor.execute(sql.UNSTAGE)


def _stage(known: SubscriberImport) -> list[Line]:
    """Reads the file into the temporary table; returns the lines there is something to say of."""
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
            rows_read=read, rows_in_all=len(table.lines)
        )
    with connection.cursor() as cursor:
        cursor.execute(sql.COUNT)
    return lines


def _taken(
    import_id: int, rows: Iterator[Row], columns: ColumnMapping, lines: list[Line]
) -> Iterator[tuple[Any, ...] | None]:
    """The next rows as they are staged; None for those that are broken or kept out."""
    for _, row in zip(range(AT_ONCE), rows, strict=False):
        try:
            email, name, language, remarks = _of_row(row, columns)
        except ValidationError as trouble:
            typed = _cell(row, columns.email) or " ".join(row.cells)
            fate = Fate.LEFT if isinstance(trouble, Unsubscribed) else Fate.BROKEN
            lines.append(_line(import_id, row, fate, " ".join(trouble.messages), typed))
            yield None
            continue
        lines += [_line(import_id, row, Fate.REMARK, remark, email) for remark in remarks]
        yield (row.line, email, name, language)


def _of_row(row: Row, columns: ColumnMapping) -> tuple[str, str, str, list[str]]:
    """Address, name and language of a row, and what is to be said of them.

    Raises:
        Gone: the file says so.
        ValidationError: the row cannot be taken in; the sentence says why.
    """
    if row.trouble:
        raise ValidationError(row.trouble)
    if columns.email >= len(row.cells):
        sentence = f"This row has only {len(row.cells)} cells, and no address among them."
        raise ValidationError(sentence)
    typed, called = address_and_name(_cell(row, columns.email))
    email, remarks = email_addresses.normal(typed), _of_others(row, columns)
    name = one_line(_cell(row, columns.name)) or one_line(called)
    try:
        validate_storable(name)
    except ValidationError:
        name = ""
        remarks.append("Its name holds characters that cannot be kept, and was left out.")
    if len(name) > NAME_MAX_LENGTH:
        name = ""
        remarks.append(f"Its name is longer than {NAME_MAX_LENGTH} letters, and was left out.")
    _refuse_gone(_cell(row, columns.state).strip()[:40], _cell(row, columns.gone).strip()[:40])
    said = _cell(row, columns.language).strip().lower().replace("_", "-")
    language = next((code for code in (said, said.split("-")[0]) if code in CODES), "")
    if said and not language:
        remarks.append(f"“{said[:20]}” is no language that is known here, and was left out.")
    return email, name, language, remarks


def _refuse_gone(state: str, gone: str) -> None:
    """Raises Gone where the file says so, and a refusal where nobody can tell what it says."""
    is_told = is_unsubscribed(state)
    if is_told or says_gone(gone):
        sentence = (
            f"The file says “{state if is_told else gone}” of this reader, who is not written to."
        )
        raise Unsubscribed(sentence)
    if is_told is None:
        sentence = f"“{state}” is no state that is known here, so nobody is taken in by it; leave its column out if it says something else."
        raise ValidationError(sentence)


def _of_others(row: Row, columns: ColumnMapping) -> list[str]:
    """Of a list that has no columns, but several addresses on a line: what becomes of the others."""
    if columns.has_header:
        return []
    others = [cell for place, cell in enumerate(row.cells) if place != columns.email]
    if not any(is_address(cell) for cell in others):
        return []
    return ["Only the first address of this line was taken; write each on a line of its own."]


def _cell(row: Row, place: int | None) -> str:
    is_there = place is not None and place < len(row.cells)
    return unescape_formula(row.cells[place]) if is_there else ""  # type: ignore[index]


def _line(import_id: int, row: Row, fate: str, reason: str, typed: str) -> Line:
    visible = one_line(typed).encode(errors="replace").decode()
    reason = one_line(reason).encode(errors="replace").decode()
    return import_id, row.line, fate, reason[:300], visible[:100]


def _judge(current: SubscriberImport, lines: Iterable[Line]) -> None:
    current.lines.all().delete()
    copy_values("newsletter_importedline", LINE_COLUMNS, lines)
    newsletters = list(current.newsletters.order_by("pk").values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.execute(sql.HOLD)
        cursor.execute(sql.JUDGE, {"newsletters": newsletters})
        cursor.execute(sql.COUNT_FATES)
        cursor.execute(sql.TELL, {"of": current.pk})
        cursor.execute(sql.FATES)
        counts = dict(cursor.fetchall())
    # Of those who left, some are known here and some by what the file says.
    told = dict(current.lines.order_by().values_list("fate").annotate(Count("pk")))
    counts |= {"broken": told.get("broken", 0), "left": told.get("left", 0)}
    current.counts = counts


def _write(current: SubscriberImport) -> None:
    newsletters = list(current.newsletters.order_by("pk"))
    values: dict[str, Any] = {
        "newsletters": [newsletter.pk for newsletter in newsletters],
        "rhythms": [newsletter.usual_rhythm.value for newsletter in newsletters],
        "where": f"Import {current.pk}: {current.name}"[:300],
        "consent": current.consent,
    }
    with connection.cursor() as cursor:
        cursor.execute(sql.SUBSCRIBE_NEW)
        # Fewer than were judged new, where somebody signed up at this very moment.
        current.counts["new"] = min(current.count("new"), cursor.rowcount)
        cursor.execute(sql.SUBSCRIBE_WAITING)
        cursor.execute(sql.RECEIVE, values)
        cursor.execute(sql.AGREE, values)
        cursor.execute(sql.COUNT_ANEW)


def _close(current: SubscriberImport, then: str) -> None:
    current.state, current.trouble = then, ""
    current.rows_read = sum(current.counts.values())
    if then == State.DONE:
        current.content, current.done_at = None, timezone.now()
    current.save()
