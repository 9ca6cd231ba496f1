"""The example project of docs/extending.md is built, and its own tests pass."""

import os
import subprocess
import sys

import pytest
from django.db import connection

from tests.shared import PROJECT

pytestmark = pytest.mark.proof


@pytest.mark.django_db
def test_an_app_and_a_theme_of_a_project_work() -> None:
    # In a database of its own: the app has tables.
    database = {**connection.settings_dict, "NAME": "iria_example"}
    environment = {
        **os.environ,
        "DATABASE_URL": "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**database),
        "DJANGO_SETTINGS_MODULE": "tests.example.settings",
        "DEBUG": "no",
    }
    done = subprocess.run(
        [sys.executable, "-m", "tests.example.manage", "test", "tests.example", "--noinput"],
        cwd=PROJECT,
        env=environment,
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
