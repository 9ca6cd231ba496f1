"""`manage.py migrate` that does not block readers while another transaction uses a table.

A statement that waits for an exclusive lock blocks every later reader of the table.
So it waits for a second only, then the migration is retried (docs/decisions/database.md).
"""

import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from typing import Any, Final

from django.core.management.base import CommandError, CommandParser
from django.core.management.commands import migrate
from django.db import Error, OperationalError, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.backends.base.schema import BaseDatabaseSchemaEditor
from django.db.migrations import (
    AlterField,
    AlterModelOptions,
    CreateModel,
    Migration,
    SeparateDatabaseAndState,
)
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.operations.base import Operation
from django.db.migrations.state import ProjectState
from psycopg import errors

from iria.core.db.triggers import LOCK_TIMEOUT
from iria.health import lacks_replaced_migrations
from iria.launcher.upgrading import TOO_OLD

ATTEMPTS: Final = 20
PAUSE: Final = 2.0
"""Seconds between attempts, so that blocked transactions can run."""

LOCKED: Final = (
    "A migration could not lock its tables because other transactions use them: wait for them or "
    "end them (a backup, for example; pg_stat_activity lists them), then run `manage.py migrate` "
    "again."
)

# Indexes that are still being built are invalid too.
INVALID_INDEXES: Final = """
SELECT indexes.relname
FROM pg_index JOIN pg_class AS indexes ON indexes.oid = pg_index.indexrelid
WHERE NOT pg_index.indisvalid AND indexes.relnamespace = current_schema()::regnamespace
    AND pg_index.indexrelid NOT IN (SELECT index_relid FROM pg_stat_progress_create_index)
"""


MAX_LOCK_TIMEOUT: Final = 2_147_483.0
"""Seconds; PostgreSQL stores milliseconds in 32 bits."""


def seconds(text: str) -> float:
    """A lock time-out. Raises ValueError, which the parser of the options reports."""
    number = float(text)
    if not 0 <= number <= MAX_LOCK_TIMEOUT:
        raise ValueError(text)
    return number


_TOGETHER: Final = ((CreateModel,), (AlterField, AlterModelOptions))
"""Operations that need no model classes between them."""


def _groups(operations: Iterable[Operation]) -> Iterator[list[Operation]]:
    """Consecutive operations that share the model classes before and after them."""
    group: list[Operation] = []
    for operation in operations:
        if group and not _goes_with(operation, group):
            yield group
            group = []
        group.append(operation)
    if group:
        yield group


def _goes_with(operation: Operation, group: list[Operation]) -> bool:
    kinds = next((kinds for kinds in _TOGETHER if isinstance(group[0], kinds)), ())
    if not isinstance(operation, kinds):
        return False
    # The second of two changes of a field would find that the first has made both.
    return not any(
        isinstance(each, AlterField) and each.is_same_field_operation(operation)
        for each in group
        if isinstance(operation, AlterField)
    )


class PreparedMigration(Migration):
    """An atomic migration whose model classes exist before its transaction begins.

    Django creates them before each operation. With as many related
    models as ours this takes most of the time, while earlier operations hold locks.
    For consecutive operations that create models, or that alter fields, it is done once.
    """

    def __init__(self, migration: Migration, state: ProjectState) -> None:
        super().__init__(migration.name, migration.app_label)
        self.steps: list[tuple[Operation, ProjectState, ProjectState]] = []
        for operations in _groups(migration.operations):
            before = state.clone()
            if len(operations) > 1 or isinstance(operations[0], SeparateDatabaseAndState):
                state.__dict__.pop("apps", None)
            for operation in operations:
                operation.state_forwards(migration.app_label, state)
            _ = state.apps
            after = state.clone()
            self.steps += [(operation, before, after) for operation in operations]

    def apply(
        self,
        project_state: ProjectState,
        schema_editor: BaseDatabaseSchemaEditor,
        collect_sql: bool = False,
    ) -> ProjectState:
        for operation, before, after in self.steps:
            operation.database_forwards(self.app_label, schema_editor, before, after)
        return project_state


class Executor(MigrationExecutor):
    def apply_migration(
        self,
        state: ProjectState,
        migration: Migration,
        fake: bool = False,
        fake_initial: bool = False,
    ) -> ProjectState:
        if migration.atomic and not fake and not fake_initial:
            migration = PreparedMigration(migration, state)
        return super().apply_migration(state, migration, fake, fake_initial)


# Django's command looks up the class in its module; there is no other way to replace it.
migrate.MigrationExecutor = Executor  # type: ignore[attr-defined]


class Command(migrate.Command):
    def add_arguments(self, parser: CommandParser) -> None:
        super().add_arguments(parser)
        parser.add_argument(
            "--lock-timeout",
            type=seconds,
            default=LOCK_TIMEOUT,
            metavar="SECONDS",
            help="How long a statement may wait for a lock, while readers wait behind it, before "
            "its migration is tried again; 0 waits for ever.",
        )

    def handle(self, *args: Any, **options: Any) -> None:
        self.connection = connections[options["database"]]
        if lacks_replaced_migrations(self.connection):
            raise CommandError(TOO_OLD)
        with _lock_timeout(self.connection, options["lock_timeout"]):
            for attempt in range(1, ATTEMPTS + 1):
                try:
                    super().handle(*args, **options)
                    return
                except OperationalError as error:
                    if not _is_locked(error) or self.connection.in_atomic_block:
                        raise
                if attempt < ATTEMPTS:
                    self._wait(attempt, options["verbosity"])
        raise CommandError(LOCKED)

    def migration_progress_callback(
        self, action: str, migration: Any = None, fake: bool = False
    ) -> None:
        if action == "apply_start" and not migration.atomic:
            drop_invalid_indexes(self.connection)
        super().migration_progress_callback(action, migration, fake)

    def _wait(self, attempt: int, verbosity: int) -> None:
        if verbosity >= 1:
            message = (
                f"Other transactions use its tables; trying again ({attempt + 1} of {ATTEMPTS})."
            )
            self.stdout.write(f"\n  {message}")
        time.sleep(PAUSE)


@contextmanager
def _lock_timeout(connection: BaseDatabaseWrapper, seconds: float) -> Iterator[None]:
    limit = f"SET lock_timeout = {round(seconds * 1000)}"

    def execute(run: Callable[..., Any], statement: str, *params: Any) -> Any:
        # It blocks nobody, and a time-out would leave an invalid index.
        if "CONCURRENTLY" not in statement:
            return run(statement, *params)
        connection.connection.execute("SET lock_timeout = 0")
        try:
            return run(statement, *params)
        finally:
            connection.connection.execute(limit)

    with connection.cursor() as cursor:
        cursor.execute(limit)
    try:
        with connection.execute_wrapper(execute):
            yield
    finally:
        with suppress(Error), connection.cursor() as cursor:
            cursor.execute("RESET lock_timeout")


def _is_locked(error: OperationalError) -> bool:
    return isinstance(error.__cause__, errors.LockNotAvailable | errors.DeadlockDetected)


def drop_invalid_indexes(connection: BaseDatabaseWrapper) -> None:
    """Drop invalid indexes of an interrupted CREATE INDEX CONCURRENTLY, so that their names are free."""
    with connection.cursor() as cursor:
        cursor.execute(INVALID_INDEXES)
        for (name,) in cursor.fetchall():
            quoted = connection.ops.quote_name(name)
            cursor.execute(f"DROP INDEX CONCURRENTLY IF EXISTS {quoted}")
