"""The rules of the migration linter."""

import pytest
from django.db import connection
from django.db.migrations.loader import MigrationLoader

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


def test_every_exception_has_a_migration_and_a_reason(db: None) -> None:
    known = {str(each) for each in migration_linter.new_migrations(MigrationLoader(connection))}
    for (name, rule), reason in migration_linter.ALLOWED.items():
        assert name in known
        assert rule in migration_linter.SQUAWK_RULES | {LOCK_TABLE, WHOLE_TABLE, DATA_BEHIND_LOCK}
        assert len(reason.split()) > 3
