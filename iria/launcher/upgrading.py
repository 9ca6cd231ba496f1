"""Refuses an upgrade that `migrate` would refuse, while nothing has been changed and the old version still works."""

import ast
import os
import subprocess
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from iria.launcher.output import StartError
from iria.launcher.paths import CODE

LAST_BEFORE_SQUASH: Final = "f98712cc963d65feb38a57bab6884f41e6c1bf58"
"""The commit with all migrations that the squashed ones replace."""
TOO_OLD: Final = (
    "The database lacks migrations that this release replaces by one for each app: upgrade to commit "
    f"{LAST_BEFORE_SQUASH[:8]} first, run `manage.py migrate` there, and then upgrade to this release."
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
    """Whether an app has some migrations, but not all that its squashed migration replaces.

    Their files are deleted. Django would pass over the squashed one, or create tables that exist.
    A new database records the replaced ones too.
    """
    names: dict[str, set[str]] = {}
    for app, name in applied:
        names.setdefault(app, set()).add(name)
    return any(app in names and not replaced(app) <= names[app] for app in APPS)


def replaced(app: str) -> set[str]:
    """The names of the migrations that the squashed migration of an app replaces."""
    (path,) = (CODE / app / "migrations").glob("0001_squashed_*.py")
    assigned = next(
        node.value
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "replaces"
    )
    return {name for _, name in ast.literal_eval(assigned)}
