"""The database triggers that record changes to what readers see (`iria.core.http.cache_versions`).

Which tables have them follows from the models' policies (`iria.core.model_policy`). There is one trigger
for each kind of statement, because PostgreSQL shows a trigger the rows of one kind only. They record
nothing for a statement that changed no row, or that wrote what was there before.
"""

import hashlib
import logging
import time
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

from django.db import OperationalError, connection, models, transaction

from iria.core.model_policy import PublicRows, public_models

Model = type[models.Model]

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Kind:
    """A kind of statement: when its trigger runs, and which rows it looks at, in SQL for `format`."""

    trigger: str
    when: str
    shown: str
    rows: str
    values: str
    differs: str = "true"
    planned: str = ""


KINDS: Final = {
    # This one has had its name since there was one for all kinds. It is replaced where it stands,
    # since readers would have to wait while it is removed.
    "insert": Kind(
        "iria_tell",
        "AFTER INSERT",
        "REFERENCING NEW TABLE AS new_rows",
        "new_rows AS became",
        "(became.%4$I)",
    ),
    "update": Kind(
        "iria_tell_update",
        "AFTER UPDATE",
        "REFERENCING OLD TABLE AS old_rows NEW TABLE AS new_rows",
        "new_rows AS became LEFT JOIN old_rows AS was USING (%1$s)",
        "(was.%4$I), (became.%4$I)",
        "(%2$s)",
        # PostgreSQL expects to find a difference in the first rows, and where there is none it would
        # compare each row with every other.
        "SET enable_nestloop = off",
    ),
    "delete": Kind(
        "iria_tell_delete",
        "AFTER DELETE",
        "REFERENCING OLD TABLE AS old_rows",
        "old_rows AS was",
        "(was.%4$I)",
    ),
    "truncate": Kind("iria_tell_truncate", "BEFORE TRUNCATE", "", "%5$s AS was", "(was.%4$I)"),
}

FUNCTION: Final = """
CREATE OR REPLACE FUNCTION iria_record_{name}() RETURNS trigger LANGUAGE plpgsql {planned} AS $function$
DECLARE
    changed boolean;
    scopes text := coalesce(TG_ARGV[3], '');
    of_column text := coalesce(TG_ARGV[4], 'none');
    watched text := TG_RELID::regclass;
BEGIN
    EXECUTE format($$SELECT EXISTS (SELECT FROM {rows} WHERE {differs})$$,
        TG_ARGV[1], TG_ARGV[2], scopes, of_column, watched) INTO changed;
    IF changed THEN
        INSERT INTO iria_change (scope, mark) VALUES (TG_ARGV[0], {mark});
    END IF;
    IF changed AND scopes <> '' THEN
        EXECUTE format($$
            INSERT INTO iria_change (scope, mark)
            SELECT %3$L || value, {mark}
            FROM (SELECT DISTINCT value FROM {rows}, LATERAL (VALUES {values}) AS of_row (value)
                WHERE {differs} AND value IS NOT NULL) AS changed
            $$, TG_ARGV[1], TG_ARGV[2], scopes, of_column, watched);
    END IF;
    RETURN NULL;
END $function$
"""
"""Arguments of the trigger: the scope; the columns of the primary key; how a row differs from what it was;
and, where each value of a column has a scope of its own, how that begins, and the column."""

MARK: Final = "hashtextextended(gen_random_uuid()::text, 0)"

FORMER: Final = ("iria_tell_change", "iria_tell_thread")
"""Functions of the triggers that there were before."""

COLUMNS: Final = """
SELECT c.relname, array_agg(a.attname::text) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid) AND a.attnum > 0 AND NOT a.attisdropped
GROUP BY c.relname
"""
TRIGGERS: Final = """
SELECT c.relname, t.tgname,
    CASE WHEN p.proname <> ALL(%s) THEN obj_description(t.oid, 'pg_trigger') END
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE starts_with(t.tgname, 'iria_tell') AND pg_table_is_visible(c.oid)
"""
IN_USE: Final = """
SELECT 1 FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = ANY(%s)
"""

PATIENCE: Final = "1s"
TRIES: Final = 5


def install_triggers(**_signal: Any) -> None:
    """After a migrate: every table whose rows readers see has its triggers, and no other has.

    A trigger that is as it should be is left alone. To make one, writers to its table wait for a moment,
    one table after the other.
    """
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        columns = {table: set(names) for table, names in cursor.fetchall()}
        if "iria_change" not in columns:
            return
        for name, kind in KINDS.items():
            cursor.execute(_function(name, kind))
        cursor.execute(TRIGGERS, [list(FORMER)])
        there = {(table, trigger): made_as for table, trigger, made_as in cursor.fetchall()}
    wanted: set[tuple[str, str]] = set()
    for model, how in public_models():
        table = model._meta.db_table
        if table in columns:
            made = list(_triggers(model, how, columns[table]))
            wanted |= {(table, trigger) for trigger, _statement in made}
            _make(table, [each for each in made if there.get((table, each[0])) != _digest(each[1])])
    _remove(set(there) - wanted)


def _function(name: str, kind: Kind) -> str:
    return FUNCTION.format(
        name=name,
        planned=kind.planned,
        rows=kind.rows,
        differs=kind.differs,
        values=kind.values,
        mark=MARK,
    )


def _triggers(model: Model, how: PublicRows, columns: set[str]) -> Iterator[tuple[str, str]]:
    """The name of each trigger of a table, and the statement that makes it."""
    quote = connection.ops.quote_name
    key = [quote(str(field.column)) for field in model._meta.pk_fields]
    arguments = [
        how.scope,
        ", ".join(key),
        _difference(key, how, columns),
        *(how.scope_per_value or ()),
    ]
    listed = ", ".join(f"'{each.replace("'", "''")}'" for each in arguments)
    for name, kind in KINDS.items():
        if name != "insert" or how.inserts:
            on = f"{kind.trigger} {kind.when} ON {quote(model._meta.db_table)} {kind.shown}"
            yield (
                kind.trigger,
                f"CREATE OR REPLACE TRIGGER {on} FOR EACH STATEMENT EXECUTE FUNCTION iria_record_{name}({listed})",
            )


def _difference(key: list[str], how: PublicRows, columns: set[str]) -> str:
    """In SQL, that a row is another one than before: as it is stored, so that every type can be compared."""
    chosen = [connection.ops.quote_name(each) for each in how.columns if each in columns]
    if not chosen:
        return f"was.{key[0]} IS NULL OR was *<> became"
    pairs = (", ".join(f"{row}.{each}" for each in chosen) for row in ("was", "became"))
    return f"was.{key[0]} IS NULL OR ROW({next(pairs)}) IS DISTINCT FROM ROW({next(pairs)})"


def _digest(statement: str) -> str:
    return hashlib.blake2b(statement.encode(), digest_size=8).hexdigest()


def _make(table: str, triggers: list[tuple[str, str]]) -> None:
    """Makes the triggers of a table, with a note of what they were made from."""
    if not triggers:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for name, statement in triggers:
            cursor.execute(statement)
            cursor.execute(
                f"COMMENT ON TRIGGER {name} ON {connection.ops.quote_name(table)} IS '{_digest(statement)}'"
            )


def _remove(triggers: set[tuple[str, str]]) -> None:
    """Readers wait while a trigger is removed, so it gives way to a transaction that holds the table.

    One that stays makes pages anew more often than they need be; the next migrate tries again.
    """
    for table, name in sorted(triggers):
        for attempt in range(1, TRIES + 1):
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = '{PATIENCE}'")
                    cursor.execute(f"DROP TRIGGER {name} ON {connection.ops.quote_name(table)}")
                break
            except OperationalError:
                if attempt == TRIES:
                    logger.warning("The trigger %s of %s is in use and stays for now.", name, table)
                time.sleep(attempt / TRIES)
    with connection.cursor() as cursor:
        cursor.execute(IN_USE, [list(FORMER)])
        if not cursor.fetchall():
            for name in FORMER:
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}()")
