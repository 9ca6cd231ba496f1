"""Bulk inserts with PostgreSQL's COPY, or from a query; updates of many rows in one statement; ids as one parameter."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from itertools import chain
from typing import Any, Final

from django.db import connection, connections, models, router
from django.db.models import Max, Model

DROPPED: Final = """
WITH tables AS (SELECT unnest(%(tables)s::regclass[]) AS id)
SELECT format('ALTER TABLE %%s DROP CONSTRAINT %%I', conrelid::regclass, conname),
    format('ALTER TABLE %%s ADD CONSTRAINT %%I %%s', conrelid::regclass, conname, pg_get_constraintdef(oid)),
    contype
FROM pg_constraint AS own WHERE conrelid IN (TABLE tables) AND (contype = 'f' OR contype = 'u' AND NOT EXISTS (
    SELECT FROM pg_constraint AS other
    WHERE other.conindid = own.conindid AND other.contype = 'f' AND other.conrelid NOT IN (TABLE tables)))
UNION ALL
SELECT format('DROP INDEX %%s', indexrelid::regclass), pg_get_indexdef(indexrelid), 'x'
FROM pg_index WHERE indrelid IN (TABLE tables) AND NOT EXISTS (SELECT FROM pg_constraint WHERE conindid = indexrelid)
ORDER BY 3
"""
"""Foreign keys before the unique constraints that they refer to."""


def copy_rows(rows: Iterable[Model]) -> int:
    """Inserts unsaved rows of one model, with their primary keys; returns the number of rows.

    Sends no signals and does not advance sequences (see `catch_up_sequence`). Triggers and
    constraints of the database apply.
    """
    rows = iter(rows)
    first = next(rows, None)
    if first is None:
        return 0
    fields = [each for each in first._meta.local_concrete_fields if not each.generated]
    columns = [str(each.column) for each in fields]

    def values() -> Iterator[list[Any]]:
        for row in chain([first], rows):
            yield [
                each.get_db_prep_save(each.pre_save(row, add=True), connection) for each in fields
            ]

    return copy_values(first._meta.db_table, columns, values())


def copy_values(table: str, columns: Iterable[str], rows: Iterable[Iterable[Any]]) -> int:
    """Inserts values into columns of a table; returns the number of rows."""
    quote = connection.ops.quote_name
    names = ", ".join(quote(each) for each in columns)
    count = 0
    with (
        connection.cursor() as cursor,
        cursor.copy(f"COPY {quote(table)} ({names}) FROM STDIN") as copy,
    ):
        for row in rows:
            copy.write_row(tuple(row))
            count += 1
    return count


def catch_up_sequence(model: type[Model]) -> None:
    """Sets the sequence of the primary key above the copied rows."""
    table, column = model._meta.db_table, model._meta.pk.column
    newest = model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%s, %s), %s, false)", [table, column, newest + 1]
        )


def reserve_keys(model: type[Model], count: int) -> range:
    """Primary keys for new rows that name their own; the sequence continues after them."""
    table, column = model._meta.db_table, model._meta.pk.column
    newest = model._default_manager.aggregate(newest=Max("pk"))["newest"] or 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(name::regclass, greatest(nextval(name::regclass), %s) + %s)"
            " FROM pg_get_serial_sequence(%s, %s) AS name",
            [newest + 1, count - 1, table, column],
        )
        last = cursor.fetchone()[0]
    return range(last - count + 1, last + 1)


def insert_selected(
    model: type[Model], expressions: Mapping[str, str], source: str, parameters: Sequence[Any] = ()
) -> int:
    """Inserts a row for every row of `source`, the text after FROM; returns the number of rows.

    `parameters` are those of `source`. Columns without an expression get the default of their field, and a missing
    primary key the next number of its sequence.
    """
    row, quote = model(), connection.ops.quote_name
    columns = dict(expressions)
    values = []
    for field in model._meta.local_concrete_fields:
        if not (field.generated or field.primary_key or field.column in columns):
            columns[str(field.column)] = f"%s::{field.db_type(connection)}"
            values.append(field.get_db_prep_save(field.pre_save(row, add=True), connection))
    names = ", ".join(quote(each) for each in columns)
    given = ", ".join(columns.values())
    with connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO {quote(model._meta.db_table)} ({names}) SELECT {given} FROM {source}",  # noqa: S608
            [*values, *parameters],
        )
        return int(cursor.rowcount)


@contextmanager
def without_triggers(model: type[Model], *names: str) -> Iterator[None]:
    """Disables triggers in the current transaction, which locks the table against others."""
    table = connection.ops.quote_name(model._meta.db_table)
    with connection.cursor() as cursor:
        # Rows whose constraints are still to be checked would forbid it.
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name in names:
            cursor.execute(f"ALTER TABLE {table} DISABLE TRIGGER {name}")
        yield
        for name in names:
            cursor.execute(f"ALTER TABLE {table} ENABLE TRIGGER {name}")
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


@contextmanager
def without_indexes(*models: type[Model]) -> Iterator[None]:
    """Drops indexes and foreign keys of models in the current transaction and creates them again afterwards.

    Built from all rows and checked for all rows, they take a fraction of the time. Blocks others that read these
    tables or those that they refer to. Primary keys stay.
    """
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute(DROPPED, {"tables": [model._meta.db_table for model in models]})
        statements = cursor.fetchall()
        for drop, _create, _kind in statements:
            cursor.execute(drop)
        yield
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        cursor.execute("SET LOCAL maintenance_work_mem = '512MB'")
        for _drop, create, _kind in reversed(statements):
            cursor.execute(create)
        cursor.execute("SET CONSTRAINTS ALL DEFERRED")


def in_parallel(*jobs: Callable[[], object]) -> None:
    """Runs jobs at the same time on connections of their own; one by one in a transaction, which they could not see.

    When one fails, or on Ctrl-C, the statements of the others are cancelled.
    """
    if connection.in_atomic_block:
        for job in jobs:
            job()
        return

    running = []

    def work(job: Callable[[], object]) -> None:
        connection.ensure_connection()
        running.append(connection.connection)
        try:
            job()
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        started = [pool.submit(work, job) for job in jobs]
        try:
            for each in as_completed(started):
                each.result()
        except BaseException:
            for each in running:
                each.cancel_safe()
            raise


def id_array(ids: Iterable[int]) -> str:
    """The ids in PostgreSQL's text form, for `%s::bigint[]`.

    psycopg writes a list element by element, which takes ten times as long: a millisecond for a thousand.
    """
    return f"{{{','.join(map(str, ids))}}}"


def update_rows[M: models.Model](rows: Iterable[M], names: Sequence[str]) -> None:
    """What `bulk_update` does, from arrays: it would compile a condition for every row and field.

    Args:
        rows: rows of one model that exist.
        names: the fields to write.
    """
    rows = list(rows)
    if not rows or not names:
        return
    model = type(rows[0])
    connection = connections[router.db_for_write(model)]
    quote = connection.ops.quote_name
    fields: list[Any] = [model._meta.pk, *(model._meta.get_field(name) for name in names)]
    arrays = ", ".join(f"%s::{each.db_type(connection)}[]" for each in fields)
    values = [
        [each.get_db_prep_save(getattr(row, each.attname), connection) for row in rows]
        for each in fields
    ]
    columns = [quote(each.column) for each in fields]
    pairs = ", ".join(f"{each} = new.{each}" for each in columns[1:])
    table = quote(model._meta.db_table)
    with connection.cursor() as cursor:
        cursor.execute(
            f"UPDATE {table} AS old SET {pairs} FROM unnest({arrays}) AS new ({', '.join(columns)})"  # noqa: S608
            f" WHERE old.{columns[0]} = new.{columns[0]}",
            values,
        )
