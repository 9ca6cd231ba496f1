"""Many rows at once, through PostgreSQL's COPY."""

from collections.abc import Iterable, Iterator
from itertools import chain
from typing import Any

from django.db import connection
from django.db.models import Model


def copy_rows(rows: Iterable[Model]) -> int:
    """Writes unsaved rows of one model, primary keys included; returns how many.

    No signal is sent, and sequences stay where they are (`catch_up_sequence`). Triggers and
    constraints of the database work as always.
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
    """Writes plain values into columns of a table; returns how many rows."""
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
    """Lets the next row that is saved get a primary key above those that were copied."""
    table, column = model._meta.db_table, model._meta.pk.column
    newest = model._default_manager.order_by("-pk").values_list("pk", flat=True).first() or 0
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT setval(pg_get_serial_sequence(%s, %s), %s, false)", [table, column, newest + 1]
        )
