"""Bulk inserts with PostgreSQL's COPY."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import Model


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
