"""Failed starts of commands, the worker and the web server print one line."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.checks import Error

from newsletter.hooks import check_connections
from tests.iria.test_settings import VALID_SETTINGS, start
from tests.shared import PROJECT

CLOSED_PORT_URL = VALID_SETTINGS["DATABASE_URL"]
MANAGE = "import sys; sys.argv = ['manage.py', {}]; import manage; manage.main()"


def manage(*arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    return start(MANAGE.format(", ".join(map(repr, arguments))), **settings)


def assert_one_line(outcome: "subprocess.CompletedProcess[str]", *parts: str) -> None:
    assert outcome.returncode != 0
    lines = outcome.stderr.strip().splitlines()
    assert len(lines) == 1, outcome.stderr
    assert all(part in lines[0] for part in parts), lines[0]
    assert lines[0].endswith(".")


def missing_database() -> str:
    values = site.DATABASES["default"]
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/no_such_database".format(**values)


@pytest.mark.parametrize(
    "arguments",
    [("procrastinate", "worker"), ("prepare",)],
    ids=" ".join,
)
def test_a_closed_port_prints_one_line(arguments: tuple[str, ...]) -> None:
    assert_one_line(manage(*arguments, DATABASE_URL=CLOSED_PORT_URL), "DATABASE_URL", "refused")


def test_a_missing_database_prints_one_line() -> None:
    outcome = manage("migrate", DATABASE_URL=missing_database())
    assert_one_line(outcome, "DATABASE_URL", "no_such_database")


def test_an_unwritable_state_folder_prints_one_line(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    state = str(tmp_path / "file" / "state")
    assert_one_line(
        manage("check", DATABASE_URL=CLOSED_PORT_URL, IRIA_STATE=state), state, "IRIA_STATE"
    )


def test_the_web_server_prints_one_line_and_ends(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    state = str(tmp_path / "file" / "state")
    web = [sys.executable, "-m", "gunicorn", "iria.wsgi", "--bind=127.0.0.1:0", "--workers=1"]
    outcome = subprocess.run(
        [*web, "--no-control-socket", "--log-level=critical"],
        cwd=PROJECT,
        env={"PATH": "/usr/bin:/bin", **VALID_SETTINGS, "IRIA_STATE": state},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert_one_line(outcome, state, "IRIA_STATE")


def test_too_many_newsletter_connections_are_rejected(
    settings: Any,
) -> None:
    def error_ids(count: int) -> list[str | None]:
        settings.NEWSLETTER_CONNECTIONS = count
        return [each.id for each in check_connections(None) if isinstance(each, Error)]

    assert error_ids(3) == error_ids(1) == []
    assert error_ids(site.DATABASE_POOL_SIZE + 1) == error_ids(0) == ["newsletter.E003"]
