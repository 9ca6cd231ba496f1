"""Updates of many rows with values of their own, in one statement."""

from collections.abc import Iterable, Sequence
from typing import Any

from django.db import connections, models, router


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
