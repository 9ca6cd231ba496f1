"""The rules of the migration linter."""

from typing import Any

import pytest
from django.db import connection, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.state import ProjectState

from tests import migration_linter
from tests.migration_linter import DATA_BEHIND_LOCK, LOCK_TABLE, WHOLE_TABLE, lint

COMMENT = 'ALTER TABLE "articles_comment"'
COLUMN = f"{COMMENT} ADD COLUMN"


def rules(*statements: str, atomic: bool = True) -> set[str]:
    return {finding.rule for finding in lint(statements, atomic=atomic)}


@pytest.mark.parametrize(
    ("statement", "rule"),
    [
        (f"{COLUMN} token uuid DEFAULT gen_random_uuid() NOT NULL;", "adding-field-with-default"),
        (
            f"{COLUMN} long boolean GENERATED ALWAYS AS (id > 9) STORED;",
            "adding-field-with-default",
        ),
        (f"{COLUMN} number int NOT NULL;", "adding-required-field"),
        (
            f"{COLUMN} ban_id bigint NULL CONSTRAINT f REFERENCES articles_ban (id);",
            "adding-foreign-key-constraint",
        ),
        (f"{COMMENT} ALTER COLUMN state TYPE text;", "changing-column-type"),
        (f"{COMMENT} ALTER COLUMN form_id SET NOT NULL;", "adding-not-nullable-field"),
        (f"{COMMENT} ADD CONSTRAINT c CHECK (id > 0);", "constraint-missing-not-valid"),
        (f"{COMMENT} ADD CONSTRAINT u UNIQUE (form_id);", "disallowed-unique-constraint"),
        ('CREATE INDEX i ON "articles_comment" (state);', "require-concurrent-index-creation"),
        ("DROP INDEX i;", "require-concurrent-index-deletion"),
        ("REINDEX TABLE articles_comment;", "require-concurrent-reindex"),
        ("LOCK TABLE articles_comment IN SHARE MODE;", LOCK_TABLE),
        ("TRUNCATE articles_comment;", WHOLE_TABLE),
        ("CLUSTER articles_comment USING comment_thread;", WHOLE_TABLE),
        ("VACUUM (FULL) articles_comment;", WHOLE_TABLE),
        (f"{COMMENT} SET UNLOGGED;", WHOLE_TABLE),
    ],
)
def test_a_statement_that_blocks_readers_or_writers_is_rejected(statement: str, rule: str) -> None:
    assert rule in rules(statement)


def test_a_constraint_is_not_validated_in_the_transaction_that_adds_it() -> None:
    add = f"{COMMENT} ADD CONSTRAINT c CHECK (id > 0) NOT VALID;"
    validate = f"{COMMENT} VALIDATE CONSTRAINT c;"
    assert rules(add) == set()
    assert rules(validate) == set()
    assert "constraint-missing-not-valid" in rules(add, validate)


@pytest.mark.parametrize(
    "data",
    [
        "UPDATE articles_comment SET asked_at = created_at;",
        "SELECT articles_thread_lay(array_agg(id), '{1}') FROM articles_comment GROUP BY article_id;",
        "-- THIS OPERATION CANNOT BE WRITTEN AS SQL",
    ],
)
def test_data_changes_after_a_lock_are_rejected(data: str) -> None:
    lock = f"{COLUMN} asked_at timestamptz NULL;"
    assert rules(lock, data) == {DATA_BEHIND_LOCK}
    assert rules(data) == set()
    assert rules(lock, data, atomic=False) == set()


def test_a_new_table_may_be_changed_in_the_same_migration() -> None:
    assert (
        rules(
            "--\n-- Create model Claim\n--",
            'CREATE TABLE "articles_claim" ("id" bigint NOT NULL PRIMARY KEY);',
            'ALTER TABLE "articles_claim" ADD COLUMN "by_id" bigint NOT NULL CONSTRAINT "f"'
            ' REFERENCES "accounts_user" ("id");',
            'CREATE INDEX "i" ON "articles_claim" ("by_id");',
            'INSERT INTO "articles_claim" SELECT id, user_id FROM articles_comment;',
        )
        == set()
    )


def test_fast_changes_of_a_large_table_are_accepted() -> None:
    assert (
        rules(
            f"{COLUMN} featured boolean DEFAULT false NOT NULL;",
            f"{COMMENT} ALTER COLUMN featured DROP DEFAULT;",
            f"{COLUMN} edited_at timestamptz NULL;",
        )
        == set()
    )
    concurrently = "CREATE INDEX CONCURRENTLY i ON articles_comment (state);"
    assert rules(concurrently, atomic=False) == set()


def test_invalid_sql_is_rejected() -> None:
    assert rules("ALTER TABEL articles_comment;") == {"syntax-error"}


@pytest.mark.django_db
def test_django_operations_are_checked_as_sql() -> None:
    class Bad(migrations.Migration):
        operations = [
            migrations.AddField("row", "number", models.IntegerField(null=True)),
            migrations.AddIndex("row", models.Index(fields=["name"], name="row_name")),
            migrations.RunPython(migrations.RunPython.noop),
        ]

    fields: list[tuple[str, models.Field[Any, Any]]] = [
        ("id", models.BigAutoField(primary_key=True)),
        ("name", models.TextField()),
    ]
    state = ProjectState()
    migrations.CreateModel("Row", fields).state_forwards("example", state)
    with connection.schema_editor(collect_sql=True, atomic=True) as editor:
        Bad("0002_bad", "example").apply(state, editor, collect_sql=True)
    assert rules(*editor.collected_sql) == {"require-concurrent-index-creation", DATA_BEHIND_LOCK}


def test_every_exception_has_a_migration_and_a_reason(db: None) -> None:
    known = {str(each) for each in migration_linter.new_migrations(MigrationLoader(connection))}
    for (name, rule), reason in migration_linter.ALLOWED.items():
        assert name in known
        assert rule in migration_linter.SQUAWK_RULES | {LOCK_TABLE, WHOLE_TABLE, DATA_BEHIND_LOCK}
        assert len(reason.split()) > 3
