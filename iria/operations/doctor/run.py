"""Runs the checks, one after another; one that fails does not stop the others."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from django.conf import settings
from django.db import DatabaseError, ProgrammingError, connection

from iria.core.db.outage import reason_of
from iria.core.db.queries import TookTooLong, time_limit
from iria.operations.doctor import backups, database, files, mail, site, worker
from iria.operations.doctor.check import Check, Finding, Level, Skipped, reason

GROUPS: Final = {
    "Database": database.CHECKS,
    "Worker": worker.CHECKS,
    "E-mail": mail.CHECKS,
    "Storage": files.CHECKS,
    "Backups": backups.CHECKS,
    "Site": site.CHECKS,
}
STATEMENT_LIMIT: Final = 10_000
"""Milliseconds for each SQL statement of a check."""
REPORT: Final = "Fix what the message names; if nothing is wrong there, report it as a bug of IRIA."


@dataclass(frozen=True, slots=True)
class Result:
    group: str
    title: str
    findings: tuple[Finding, ...] = ()
    skipped: str = ""
    """Why the check did not run."""

    @property
    def levels(self) -> set[Level]:
        return {finding.level for finding in self.findings}


def results(*, with_slow: bool = True) -> Iterator[Result]:
    """The result of each check as soon as it is known."""
    problem = _database_problem()
    yield Result("Database", "The database can be reached.", problem)
    for group, checks in GROUPS.items():
        for check in checks:
            if check.is_slow and not with_slow:
                yield Result(group, check.title, skipped="It needs the network.")
            elif check.needs_database and problem:
                yield Result(group, check.title, skipped="It needs the database.")
            else:
                yield run(group, check)


def _database_problem() -> tuple[Finding, ...]:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
    except DatabaseError as error:
        name = settings.DATABASE_SETTING
        problem = f"The database that {name} names cannot be used: {reason_of(error)}."
        return (Finding(problem, f"Start PostgreSQL, and check {name}."),)
    return ()


def run(group: str, check: Check) -> Result:
    try:
        return Result(group, check.title, findings(check))
    except Skipped as reason_to_skip:
        return Result(group, check.title, skipped=str(reason_to_skip))


def findings(check: Check) -> tuple[Finding, ...]:
    """What a check finds; also that it took too long or failed.

    Raises:
        Skipped
    """
    try:
        if not check.needs_database:
            return tuple(check.find())
        with time_limit(STATEMENT_LIMIT):
            return tuple(check.find())
    except Skipped:
        raise
    except TookTooLong:
        seconds = STATEMENT_LIMIT // 1000
        problem = f"A query of this check took longer than {seconds} seconds."
        return (Finding(problem, "Look in pg_stat_activity for what keeps the database busy."),)
    except ProgrammingError as error:
        # A table or a column that a migration makes.
        problem = f"This check could not read the database: {reason_of(error)}."
        return (Finding(problem, "Run `manage.py migrate`."),)
    except Exception as error:
        problem = f"This check failed: {type(error).__name__}: {reason(error)}."
        return (Finding(problem, REPORT),)
