"""Rejects migrations that rewrite a table or hold its locks for long: `python -m tests.migration_linter`

It checks the SQL that Django would run. Squawk finds statements that scan or rewrite a table while
others wait; our own rules cover what it does not check. The rules and the alternatives are
in docs/decisions/database.md.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from iria.launcher.upgrading import APPS

if TYPE_CHECKING:
    from django.db.migrations import Migration
    from django.db.migrations.loader import MigrationLoader

ALLOWED: Final[dict[tuple[str, str], str]] = {}
"""(app.migration, rule) → the reason for the exception, for example that the table is small."""

SQUAWK_RULES: Final = {
    "adding-field-with-default",
    "adding-foreign-key-constraint",
    "adding-not-nullable-field",
    "adding-required-field",
    "adding-serial-primary-key-field",
    "ban-concurrent-index-creation-in-transaction",
    "changing-column-type",
    "constraint-missing-not-valid",
    "disallowed-unique-constraint",
    "require-concurrent-index-creation",
    "require-concurrent-index-deletion",
    "require-concurrent-reindex",
}
"""Its other rules are about compatibility and style."""

LOCK_TABLE: Final = "lock-table"
WHOLE_TABLE: Final = "whole-table"
DATA_BEHIND_LOCK: Final = "data-behind-lock"

_REWRITES: Final = (
    r"CLUSTER\b|VACUUM\s+\(?FULL|TRUNCATE\b|REFRESH MATERIALIZED VIEW (?!CONCURRENTLY)"
    r"|ALTER TABLE .* SET (LOGGED|UNLOGGED|TABLESPACE|ACCESS METHOD)"
)
_OUR_RULES: Final = (
    (LOCK_TABLE, r"LOCK\b", "LOCK TABLE makes everybody wait until the migration ends."),
    (
        WHOLE_TABLE,
        _REWRITES,
        "It rewrites or empties a whole table while readers wait.",
    ),
)
_BLOCKS_READERS: Final = re.compile(r"(?!.*VALIDATE CONSTRAINT)ALTER TABLE|DROP TRIGGER", re.I)
_DATA: Final = re.compile(r"(UPDATE|INSERT|DELETE|MERGE|SELECT|WITH|DO|CALL|COPY)\b", re.I)
_PYTHON: Final = "-- Raw Python operation"
_DATA_MESSAGE: Final = (
    "It changes data in a transaction that already keeps readers from a table; do that in a "
    "migration of its own."
)
_TABLE: Final = r'(?:IF (?:NOT )?EXISTS )?(?:ONLY )?"?(\w+)"?'
_CREATED: Final = re.compile(rf"CREATE (?:UNLOGGED )?TABLE {_TABLE}", re.I)
_CHANGED: Final = re.compile(
    rf'(?:ALTER TABLE {_TABLE}|(?:CREATE (?:UNIQUE )?INDEX|DROP TRIGGER) .*? ON "?(\w+)"?)', re.I
)


@dataclass(frozen=True)
class Finding:
    rule: str
    message: str
    statement: str

    def __str__(self) -> str:
        shown = " ".join(self.statement.split())
        return f"{self.rule}: {self.message}\n    {shown[:160]}"


def lint(statements: Iterable[str], *, atomic: bool = True) -> list[Finding]:
    """The problems in the SQL of one migration.

    Args:
        statements: as Django collects them, comments included.
        atomic: whether they run in one transaction.
    """
    # Django adds comments; only the one about operations without SQL is needed.
    relevant = [each for each in map(_without_comments, statements) if each]
    created = {found[1].lower() for each in relevant if (found := _CREATED.match(each))}
    findings = [*_squawk(relevant, atomic), *_ours(relevant)]
    if atomic:
        findings += _data_behind_lock(relevant, created)
    return [each for each in findings if _table(each.statement) not in created]


def _without_comments(statement: str) -> str:
    if statement.strip() == "-- THIS OPERATION CANNOT BE WRITTEN AS SQL":
        return _PYTHON
    lines = [line for line in statement.splitlines() if not line.lstrip().startswith("--")]
    return "\n".join(lines).strip()


def _table(statement: str) -> str:
    found = _CHANGED.match(statement)
    return (found[1] or found[2]).lower() if found else ""


def _squawk(statements: list[str], atomic: bool) -> Iterator[Finding]:
    begin_of_line = [i for i, each in enumerate(statements) for _ in each.splitlines()]
    program = Path(sys.executable).with_name("squawk")
    wrap = "--assume-in-transaction" if atomic else "--no-assume-in-transaction"
    done = subprocess.run(
        [program, "--pg-version", "15", "--reporter", "json", wrap],
        input="\n".join(statements),
        stdout=subprocess.PIPE,
        text=True,
        check=False,  # the exit status is 1 if there are findings
    )
    for each in json.loads(done.stdout):
        rule = each["rule_name"]
        if rule in SQUAWK_RULES or rule == "syntax-error":
            statement = statements[begin_of_line[min(each["line"], len(begin_of_line) - 1)]]
            yield Finding(rule, each["message"], statement)


def _ours(statements: list[str]) -> Iterator[Finding]:
    for statement in statements:
        for rule, pattern, message in _OUR_RULES:
            if re.match(pattern, statement, re.I | re.S):
                yield Finding(rule, message, statement)


def _data_behind_lock(statements: list[str], created: set[str]) -> Iterator[Finding]:
    locked = False
    for statement in statements:
        if _BLOCKS_READERS.match(statement) and _table(statement) not in created:
            locked = True
        elif locked and (statement == _PYTHON or _DATA.match(statement)):
            yield Finding(DATA_BEHIND_LOCK, _DATA_MESSAGE, statement)


def new_migrations(loader: "MigrationLoader") -> "list[Migration]":
    """Every migration of ours after the squashed ones, in the order in which they run."""
    plan = dict.fromkeys(
        node for leaf in loader.graph.leaf_nodes() for node in loader.graph.forwards_plan(leaf)
    )
    ours = [loader.graph.nodes[node] for node in plan if node[0] in APPS]
    return [each for each in ours if not each.replaces]


def main() -> int:
    import django

    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "iria.settings")
    django.setup()
    from django.db import connection
    from django.db.migrations.loader import MigrationLoader

    loader = MigrationLoader(connection)
    migrations = new_migrations(loader)
    count = 0
    for migration in migrations:
        statements = loader.collect_sql([(migration, False)])
        for finding in lint(statements, atomic=migration.atomic):
            if (str(migration), finding.rule) not in ALLOWED:
                count += 1
                print(f"{migration}: {finding}")
    unknown = {name for name, _ in ALLOWED} - {str(each) for each in migrations}
    for name in sorted(unknown):
        count += 1
        print(f"{name}: it is in ALLOWED, but there is no such migration to check.")
    print(f"{len(migrations)} migrations checked, {count} problems.")
    return 1 if count else 0


if __name__ == "__main__":
    sys.exit(main())
