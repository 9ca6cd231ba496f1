"""The database triggers that record changes to what readers see (`iria.core.http.cache_versions`).

Which tables have them follows from the models' policies (`iria.core.model_policy`). There is one trigger
for each kind of statement, because PostgreSQL shows a trigger the rows of one kind only. They record
nothing for a statement that changed no row, or that wrote the same values.
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
    """A kind of statement: when its trigger runs and which rows it compares, in SQL for `format`."""

    trigger: str
    when: str
    shown: str
    rows: str
    values: str
    differs: str = "true"
    planned: str = ""


KINDS: Final = {
    # The name is from a release with one trigger for all kinds. It is replaced in place,
    # since dropping it would block readers.
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
        # The planner expects a difference in the first rows; without one, a nested loop would
        # compare each row with every other row.
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
    by_row boolean;
    scopes text := coalesce(TG_ARGV[3], '');
    of_column text := coalesce(TG_ARGV[4], 'none');
    watched text := TG_RELID::regclass;
BEGIN
    EXECUTE format($$SELECT EXISTS (SELECT FROM {rows} WHERE {differs})$$,
        TG_ARGV[1], TG_ARGV[2], scopes, of_column, watched) INTO changed;
    IF changed THEN
        INSERT INTO iria_change (scope, mark) VALUES (TG_ARGV[0], {mark});
        PERFORM pg_notify('iria_change', TG_ARGV[0]);
    END IF;
    IF changed AND TG_ARGV[0] = 'content' THEN
        by_row := TG_OP = 'UPDATE' AND TG_ARGV[5] IS NOT NULL;
        IF by_row THEN
            EXECUTE format($$SELECT NOT EXISTS (SELECT FROM {rows} WHERE {differs})$$,
                TG_ARGV[1], TG_ARGV[5], scopes, of_column, watched) INTO by_row;
        END IF;
        IF by_row THEN
            EXECUTE format($$SELECT pg_notify('iria_change', (%6$s) || %1$s) FROM {rows} WHERE {differs}$$,
                TG_ARGV[1], TG_ARGV[2], scopes, of_column, watched, TG_ARGV[6]);
        ELSE
            PERFORM pg_notify('iria_change', 'structure');
        END IF;
    END IF;
    IF changed AND scopes <> '' THEN
        EXECUTE format($$
            WITH renewed AS (
                INSERT INTO iria_change (scope, mark)
                SELECT %3$L || value, {mark}
                FROM (SELECT DISTINCT value FROM {rows}, LATERAL (VALUES {values}) AS of_row (value)
                    WHERE {differs} AND value IS NOT NULL) AS changed
                RETURNING scope
            )
            SELECT pg_notify('iria_change', scope) FROM renewed
            $$, TG_ARGV[1], TG_ARGV[2], scopes, of_column, watched);
    END IF;
    RETURN NULL;
END $function$
"""
"""Arguments of the trigger: the scope; the columns of the primary key; the condition for a changed row;
if each value of a column has its own scope, the prefix of that scope and the column; and if each row has
one, the condition for a row that changed in other columns too, and the expression of the prefix.

What has changed is recorded for ETags, and notified for stored pages (`iria.core.http.change_listener`)."""

MARK: Final = "hashtextextended(gen_random_uuid()::text, 0)"

FORMER_FUNCTIONS: Final = ("iria_tell_change", "iria_tell_thread")
"""Trigger functions of earlier releases."""

COLUMNS: Final = """
SELECT c.relname, array_agg(a.attname::text) FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid
WHERE c.relkind IN ('r', 'p') AND pg_table_is_visible(c.oid) AND a.attnum > 0 AND NOT a.attisdropped
GROUP BY c.relname
"""
TRIGGERS: Final = """
SELECT c.relname, t.tgname,
    CASE WHEN p.proname <> ALL(%s) THEN obj_description(t.oid, 'pg_trigger') END
FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid JOIN pg_proc p ON p.oid = t.tgfoid
WHERE starts_with(t.tgname, 'iria_tell') AND pg_table_is_visible(c.oid) AND t.tgenabled <> 'D'
"""
IN_USE: Final = """
SELECT 1 FROM pg_trigger t JOIN pg_proc p ON p.oid = t.tgfoid WHERE p.proname = ANY(%s)
"""

LOCK_TIMEOUT: Final = 1.2
"""Seconds; longer than `deadlock_timeout`, after which PostgreSQL cancels an autovacuum that is in the way."""
ATTEMPTS: Final = 5


def install_triggers(**_signal: Any) -> None:
    """After a migrate: creates the triggers of public tables and drops those of other tables.

    Unchanged triggers are not touched. Creating one blocks writers to its table briefly,
    one table at a time.
    """
    columns = _columns()
    if "iria_change" not in columns:
        return
    with connection.cursor() as cursor:
        for name, kind in KINDS.items():
            cursor.execute(_function(name, kind))
    existing = _digests()
    wanted: set[tuple[str, str]] = set()
    for model, public in public_models():
        table = model._meta.db_table
        if table in columns:
            statements = list(_triggers(model, public, columns[table]))
            wanted |= {(table, trigger) for trigger, _statement in statements}
            _create(
                table,
                [each for each in statements if existing.get((table, each[0])) != _digest(each[1])],
            )
    _drop(set(existing) - wanted)


def tables_without_triggers() -> list[str]:
    """The public tables whose triggers are missing, disabled or of another release."""
    columns, existing = _columns(), _digests()
    return sorted(
        {
            table
            for model, public in public_models()
            if (table := model._meta.db_table) in columns
            for name, statement in _triggers(model, public, columns[table])
            if existing.get((table, name)) != _digest(statement)
        }
    )


def _columns() -> dict[str, set[str]]:
    """The columns of each table."""
    with connection.cursor() as cursor:
        cursor.execute(COLUMNS)
        return {table: set(names) for table, names in cursor.fetchall()}


def _digests() -> dict[tuple[str, str], str | None]:
    """The digest of each trigger, by its table and name."""
    with connection.cursor() as cursor:
        cursor.execute(TRIGGERS, [list(FORMER_FUNCTIONS)])
        return {(table, trigger): digest for table, trigger, digest in cursor.fetchall()}


def _function(name: str, kind: Kind) -> str:
    return FUNCTION.format(
        name=name,
        planned=kind.planned,
        rows=kind.rows,
        differs=kind.differs,
        values=kind.values,
        mark=MARK,
    )


def _triggers(model: Model, public: PublicRows, columns: set[str]) -> Iterator[tuple[str, str]]:
    """The name of each trigger of a table, and the statement that creates it."""
    quote = connection.ops.quote_name
    key = [quote(str(field.column)) for field in model._meta.pk_fields]
    arguments = [
        public.scope,
        ", ".join(key),
        _difference(key, public, columns),
        *(public.scope_per_value or ()),
    ]
    if public.row_scope:
        prefix, own = public.row_scope
        if not public.scope_per_value:
            arguments += ["", "none"]
        of_row = f"'{prefix}'"
        if public.whole_row_scope:
            of_whole_row, whole = public.whole_row_scope
            more = _difference(key, public, columns - set(whole))
            of_row = f"CASE WHEN {more} THEN '{prefix}' ELSE '{of_whole_row}' END"
        arguments += [_difference(key, public, columns - set(own)), of_row]
    listed = ", ".join(f"'{each.replace("'", "''")}'" for each in arguments)
    for name, kind in KINDS.items():
        if name != "insert" or public.inserts:
            on = f"{kind.trigger} {kind.when} ON {quote(model._meta.db_table)} {kind.shown}"
            yield (
                kind.trigger,
                f"CREATE OR REPLACE TRIGGER {on} FOR EACH STATEMENT EXECUTE FUNCTION iria_record_{name}({listed})",
            )


def _difference(key: list[str], public: PublicRows, columns: set[str]) -> str:
    """The SQL condition for a changed row; compares the stored form, so that every type can be compared."""
    names = public.columns
    if public.unseen_columns or public.row_scope:
        names = tuple(sorted(columns - set(public.unseen_columns)))
    chosen = [connection.ops.quote_name(each) for each in names if each in columns]
    differs = "was *<> became"
    if chosen:
        pairs = (", ".join(f"{row}.{each}" for each in chosen) for row in ("was", "became"))
        differs = f"ROW({next(pairs)}) IS DISTINCT FROM ROW({next(pairs)})"
    if public.seen_if:
        seen = " OR ".join(public.seen_if.format(row=row) for row in ("was", "became"))
        differs = f"({differs}) AND ({seen})"
    return f"was.{key[0]} IS NULL OR {differs}"


def _digest(statement: str) -> str:
    return hashlib.blake2b(statement.encode(), digest_size=8).hexdigest()


def _create(table: str, triggers: list[tuple[str, str]]) -> None:
    """Creates triggers of a table, with a digest of the statement as comment."""
    if not triggers:
        return
    with transaction.atomic(), connection.cursor() as cursor:
        for name, statement in triggers:
            cursor.execute(statement)
            cursor.execute(
                f"COMMENT ON TRIGGER {name} ON {connection.ops.quote_name(table)} IS '{_digest(statement)}'"
            )


def _drop(triggers: set[tuple[str, str]]) -> None:
    """Drops triggers with a lock time-out, because dropping one blocks readers.

    A trigger that remains only invalidates pages more often; the next migrate tries again.
    """
    for table, name in sorted(triggers):
        for attempt in range(1, ATTEMPTS + 1):
            try:
                with transaction.atomic(), connection.cursor() as cursor:
                    cursor.execute(f"SET LOCAL lock_timeout = {LOCK_TIMEOUT * 1000:.0f}")
                    cursor.execute(f"DROP TRIGGER {name} ON {connection.ops.quote_name(table)}")
                break
            except OperationalError:
                if attempt == ATTEMPTS:
                    logger.warning("The trigger %s of %s is in use and stays for now.", name, table)
                time.sleep(attempt / ATTEMPTS)
    with connection.cursor() as cursor:
        cursor.execute(IN_USE, [list(FORMER_FUNCTIONS)])
        if not cursor.fetchall():
            for name in FORMER_FUNCTIONS:
                cursor.execute(f"DROP FUNCTION IF EXISTS {name}()")
