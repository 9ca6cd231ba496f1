"""The environment of web servers that use the database of the tests, as on several machines."""

import atexit
import os
import subprocess
import sys
from functools import cache
from pathlib import Path
from shutil import rmtree
from tempfile import mkdtemp
from typing import Any

import psycopg
import pytest
from django.conf import settings
from django.db import connection
from psycopg import sql

from tests.shared import PROJECT


def database_url(*, port: int = 0, name: str = "") -> str:
    """The URL of the database of the tests; another port is that of a pooler or a replica."""
    given = connection.settings_dict
    where = f"{given['HOST']}:{port or given['PORT']}/{name or given['NAME']}"
    return f"postgres://{given['USER']}:{given['PASSWORD']}@{where}"


def copy_database(server: psycopg.Connection[Any], template: str, name: str) -> None:
    """Copies a database, to which nobody may be connected, and ends connections that were left open."""
    server.execute(
        "SELECT pg_terminate_backend(pid, 60000) FROM pg_stat_activity"
        " WHERE datname = %s AND usename = current_user",
        [template],
    )
    create = sql.SQL("CREATE DATABASE {} TEMPLATE {}")
    server.execute(create.format(sql.Identifier(name), sql.Identifier(template)))


def prepare(patch: pytest.MonkeyPatch, folder: Path, **more: str) -> None:
    """Sets the environment of the servers, whose state is in this folder."""
    folder.mkdir(exist_ok=True)
    environment = {
        "DATABASE_URL": database_url(),
        "SECRET_KEY": settings.SECRET_KEY,
        "ALLOWED_HOSTS": "127.0.0.1",
        "SITE_URL": "http://127.0.0.1",
        "IRIA_STATE": str(folder),
        "DEBUG": "no",
        **more,
    }
    for name, value in environment.items():
        patch.setenv(name, value)
    (folder / "static").symlink_to(_collected())


@cache
def _collected() -> Path:
    """The static files, collected once for all tests, because they are compressed meanwhile."""
    folder = Path(mkdtemp(prefix="iria-static-"))
    atexit.register(rmtree, folder, ignore_errors=True)
    subprocess.run(
        [sys.executable, "manage.py", "collectstatic", "--no-input", "-v0"],
        env=os.environ | {"IRIA_STATE": str(folder)},
        cwd=PROJECT,
        check=True,
    )
    return folder / "static"
