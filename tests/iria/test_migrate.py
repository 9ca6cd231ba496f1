"""`migrate` retries after a lock time-out, and rejects a database that it cannot upgrade."""

from collections.abc import Iterable, Iterator
from threading import Timer
from typing import Any

import psycopg
import pytest
from django.core.management import CommandError, call_command
from django.db import connection, transaction
from django.db.migrations import (
    AddField,
    AlterField,
    AlterModelOptions,
    CreateModel,
    Migration,
    RunPython,
)
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.operations.base import Operation
from django.db.migrations.recorder import MigrationRecorder
from django.db.migrations.state import ModelState, ProjectState
from django.db.models import BigAutoField, CharField, IntegerField
from django.db.models.signals import post_migrate

from iria.core.db.triggers import LOCK_TIMEOUT
from iria.health import lacks_replaced_migrations, readyz
from iria.launcher.upgrading import APPS, TOO_OLD, replaced
from iria.management.commands import migrate
from iria.management.commands.migrate import LOCKED

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def table() -> Iterator[str]:
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE example (number int)")
        yield "example"
        cursor.execute("DROP TABLE example")


@pytest.fixture
def reader(table: str) -> Iterator[psycopg.Connection[Any]]:
    """A long transaction that reads the table, as a backup does."""
    found = connection.settings_dict
    with psycopg.connect(
        host=found["HOST"],
        port=found["PORT"],
        user=found["USER"],
        password=found["PASSWORD"],
        dbname=found["NAME"],
    ) as database:
        database.execute(f"SELECT FROM {table}")
        yield database


@pytest.fixture
def pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """The pauses between attempts."""
    found: list[float] = []
    monkeypatch.setattr("time.sleep", found.append)
    monkeypatch.setattr(migrate, "ATTEMPTS", 3)
    return found


@pytest.fixture
def statement() -> Iterator[list[str]]:
    """SQL that runs during `migrate`, outside a transaction."""
    statements: list[str] = []

    def run(**signal: Any) -> None:
        with connection.cursor() as cursor:
            for each in statements:
                cursor.execute(each)

    post_migrate.connect(run, dispatch_uid="a statement of the test")
    yield statements
    post_migrate.disconnect(dispatch_uid="a statement of the test")


ADD_COLUMN = "ALTER TABLE example ADD COLUMN IF NOT EXISTS more int"


def run_migrate() -> None:
    call_command("migrate", verbosity=0, lock_timeout=0.1)


def setting() -> str:
    with connection.cursor() as cursor:
        cursor.execute("SHOW lock_timeout")
        return str(cursor.fetchone()[0])


def test_a_table_in_use_is_an_error_after_some_attempts(
    reader: psycopg.Connection[Any], statement: list[str], pauses: list[float]
) -> None:
    before = setting()
    statement.append(ADD_COLUMN)
    with pytest.raises(CommandError) as error:
        run_migrate()
    assert str(error.value) == LOCKED
    assert len(pauses) == 2
    assert setting() == before


def test_it_waits_long_enough_for_postgresql_to_cancel_an_autovacuum() -> None:
    with connection.cursor() as cursor:
        cursor.execute("SELECT setting::int FROM pg_settings WHERE name = 'deadlock_timeout'")
        (milliseconds,) = cursor.fetchone()
    assert milliseconds < LOCK_TIMEOUT * 1000


def test_it_continues_when_the_table_is_free_again(
    reader: psycopg.Connection[Any],
    statement: list[str],
    pauses: list[float],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("time.sleep", lambda _seconds: reader.rollback())
    statement.append(ADD_COLUMN)
    run_migrate()
    with connection.cursor() as cursor:
        cursor.execute("SELECT more FROM example")


def test_a_concurrent_index_has_no_lock_timeout(
    reader: psycopg.Connection[Any], statement: list[str], pauses: list[float]
) -> None:
    reader.rollback()
    reader.execute("INSERT INTO example VALUES (1)")
    statement.append("CREATE INDEX CONCURRENTLY IF NOT EXISTS example_number ON example (number)")
    end = Timer(0.5, reader.rollback)
    end.start()
    run_migrate()
    end.join()
    assert pauses == []
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT indisvalid FROM pg_index WHERE indexrelid = 'example_number'::regclass"
        )
        assert cursor.fetchone() == (True,)


def test_an_invalid_index_is_dropped(table: str) -> None:
    with connection.cursor() as cursor:
        cursor.execute("INSERT INTO example VALUES (1), (1)")
        with pytest.raises(psycopg.errors.UniqueViolation):
            connection.connection.execute(
                "CREATE UNIQUE INDEX CONCURRENTLY example_once ON example (number)"
            )
        migrate.drop_invalid_indexes(connection)
        cursor.execute("SELECT to_regclass('example_once')")
        assert cursor.fetchone() == (None,)


def test_model_classes_are_created_before_the_transaction(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    in_transaction: list[bool] = []

    class Watched(AddField):
        def state_forwards(self, app_label: str, state: ProjectState) -> None:
            in_transaction.append(connection.in_atomic_block)
            super().state_forwards(app_label, state)

    def check(apps: Any, editor: Any) -> None:
        assert connection.in_atomic_block
        assert apps.get_model("iria", "BrandImage")._meta.get_field("extra")
        with connection.cursor() as cursor:
            cursor.execute("SELECT extra FROM iria_brandimage")

    class Example(Migration):
        operations = [
            Watched("brandimage", "extra", IntegerField(null=True)),
            RunPython(check, RunPython.noop),
        ]

    executor = migrate.Executor(connection)
    state = executor.loader.project_state()
    executor.apply_migration(state, Example("9999_example", "iria"))
    assert in_transaction == [False]
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE iria_brandimage DROP COLUMN extra")
        cursor.execute("DELETE FROM django_migrations WHERE name = '9999_example'")


@pytest.fixture
def rendered(monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The names of the models whose classes are created."""
    names: list[str] = []
    render = ModelState.render

    def record_render(model: ModelState, apps: Any) -> Any:
        names.append(f"{model.app_label}.{model.name}")
        return render(model, apps)

    monkeypatch.setattr(ModelState, "render", record_render)
    return names


def prepare(
    rendered: list[str], *migration_operations: Operation
) -> list[tuple[Operation, ProjectState, ProjectState]]:
    class Example(Migration):
        operations = list(migration_operations)

    state = migrate.Executor(connection).loader.project_state()
    _ = state.apps
    rendered.clear()
    return migrate.PreparedMigration(Example("9999_example", "iria"), state).steps


def test_model_classes_of_consecutive_operations_are_created_once(rendered: list[str]) -> None:
    steps = prepare(
        rendered,
        *(
            CreateModel(name, [("id", BigAutoField(primary_key=True))])
            for name in ("One", "Two", "Three")
        ),
    )
    assert sorted(rendered) == sorted(set(rendered))
    assert {"iria.One", "iria.Two", "iria.Three"} <= set(rendered)
    assert all(after.apps.get_model("iria", "Two") for _operation, _before, after in steps)


def new_key(label: str) -> AlterField:
    return AlterField("brandimage", "name", CharField(label, max_length=99))


def test_model_classes_of_consecutive_changes_of_fields_are_created_once(
    rendered: list[str],
) -> None:
    key = BigAutoField(primary_key=True)
    options = AlterModelOptions("brandimage", {"verbose_name": "row"})
    steps = prepare(rendered, options, new_key("first"), AlterField("brandimage", "id", key))
    assert sorted(rendered) == sorted(set(rendered))
    labels = [after.apps.get_model("iria", "BrandImage")._meta for _, _, after in steps]
    assert [(each.verbose_name, each.get_field("name").verbose_name) for each in labels] == [
        ("row", "first")
    ] * 3


def test_a_field_that_is_changed_twice_has_model_classes_between(rendered: list[str]) -> None:
    steps = prepare(rendered, new_key("first"), new_key("second"))
    labels = [
        after.apps.get_model("iria", "BrandImage")._meta.get_field("name").verbose_name
        for _operation, _before, after in steps
    ]
    assert labels == ["first", "second"]


@pytest.fixture
def history() -> Iterator[Any]:
    """The recorded migrations; changes are rolled back after the test."""
    with transaction.atomic():
        yield MigrationRecorder(connection).migration_qs
        transaction.set_rollback(True)


def record(history: Any, app: str, names: Iterable[str]) -> None:
    """Replaces the recorded migrations of an app."""
    history.filter(app=app).delete()
    history.bulk_create(history.model(app=app, name=name) for name in names)


FIRST_RELEASE = ["0001_initial", "0002_first_newsletter", "0003_stopping"]
"""The names of its migrations, in an app of which this release knows none of them."""


@pytest.mark.parametrize(
    ("app", "names"),
    [
        ("newsletter", FIRST_RELEASE),
        ("accounts", [each for each in replaced("accounts") if each < "0006"]),
        ("articles", [each for each in replaced("articles") if each < "0053"]),
        ("articles", [each for each in replaced("articles") if each < "0081"]),
        ("newsletter", [each for each in replaced("newsletter") if each > "0002"]),
    ],
)
def test_a_database_in_the_middle_of_replaced_migrations_is_rejected(
    history: Any, app: str, names: list[str]
) -> None:
    record(history, app, names)
    before = set(history.values_list("app", "name"))
    with pytest.raises(CommandError) as error:
        run_migrate()
    assert str(error.value) == TOO_OLD
    assert set(history.values_list("app", "name")) == before
    assert readyz().status_code == 503


def test_a_database_with_all_replaced_migrations_has_the_squashed_ones(history: Any) -> None:
    for app in APPS:
        record(history, app, replaced(app))
    assert readyz().status_code == 200
    run_migrate()
    assert MigrationLoader(None).replacements.keys() <= {*history.values_list("app", "name")}


def test_an_interrupted_first_migrate_can_be_continued(history: Any) -> None:
    history.filter(app="newsletter").delete()
    assert not lacks_replaced_migrations(connection)


@pytest.mark.parametrize("seconds", ["-1", "nan", "inf", "1e12", "soon"])
def test_an_impossible_lock_timeout_is_refused(seconds: str) -> None:
    with pytest.raises(CommandError):
        call_command("migrate", f"--lock-timeout={seconds}")
