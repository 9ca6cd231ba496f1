"""Refuses an upgrade that `migrate` would refuse, while nothing has been changed and the old version still works."""

import ast
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from iria.launcher.output import StartError
from iria.launcher.paths import CODE

LAST_BEFORE_SQUASH: Final = "df64d9e3e02ec5c0522434a6a6e3731f065149e3"
"""The commit of release 0.1.0 with all migrations that the squashed ones replace."""
TOO_OLD: Final = (
    "The database is in the middle of migrations that this release replaces by one: upgrade to "
    f"release 0.1.0 (commit {LAST_BEFORE_SQUASH[:7]}) first, run `manage.py migrate` there, and "
    "then upgrade to this release."
)
APPS: Final = ("iria", "accounts", "articles", "newsletter")
_APPLIED: Final = """
import os, psycopg
from urllib.parse import urlsplit
text = os.environ["DATABASE_URL"]
folder, _, name = urlsplit(text).path[1:].rpartition("/")
try:
    with psycopg.connect(**{"host": folder, "dbname": name} if folder else {"conninfo": text}) as database:
        for row in database.execute("SELECT app, name FROM django_migrations"):
            print(*row)
except psycopg.Error:
    pass
"""
"""A URL without a host names the folder of a socket. Without a database or its tables, `migrate` has nothing to refuse, or says itself what is wrong."""


def check(python: Path, database_url: str) -> None:
    """Refuses to upgrade a database.

    Args:
        python: of the version that is installed, whose packages can ask the database.

    Raises:
        StartError: `migrate` would refuse it.
    """
    environment = {**os.environ, "DATABASE_URL": database_url}
    environment.pop("PYTHONPATH", None)
    asked = subprocess.run(
        [python, "-c", _APPLIED], env=environment, capture_output=True, text=True
    )
    applied = [line.partition(" ") for line in asked.stdout.splitlines()]
    if is_in_the_middle({(app, name) for app, _, name in applied}):
        raise StartError(TOO_OLD)


def is_in_the_middle(applied: Iterable[tuple[str, str]]) -> bool:
    """Whether only some of the migrations that a squashed migration replaces have run.

    Their files are deleted. Django would skip the squashed one, or create tables that exist.
    """
    present = {*applied}
    for app in APPS:
        squashed = _squashed(app)
        replaced = {key for keys in squashed.values() for key in keys}
        # A new database whose first migrate was interrupted has one of the squashed ones already.
        if present & replaced and not present & squashed.keys() and not replaced <= present:
            return True
    return False


def _squashed(app: str) -> dict[tuple[str, str], list[tuple[str, str]]]:
    """The migrations of this version that replace others → those whose files are deleted."""
    files = {path.stem: path for path in (CODE / app / "migrations").glob("0*.py")}
    return {
        (app, name): [key for key in keys if key[1] not in files]
        for name, path in files.items()
        if (keys := _replaces(path))
    }


def _replaces(path: Path) -> list[tuple[str, str]]:
    text = path.read_text()
    if "replaces = [" not in text:
        return []
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "replaces":
            return list(ast.literal_eval(node.value))
    return []
