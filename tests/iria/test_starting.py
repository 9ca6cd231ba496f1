"""What cannot start says why in one sentence: commands, the worker and the web server."""

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as site
from django.core.checks import Error

from newsletter.checks import check_connections
from tests.iria.test_settings import SOUND, start
from tests.shared import PROJECT

CLOSED = SOUND["DATABASE_URL"]
MANAGE = "import sys; sys.argv = ['manage.py', {}]; import manage; manage.main()"


def manage(*arguments: str, **settings: str) -> "subprocess.CompletedProcess[str]":
    return start(MANAGE.format(", ".join(map(repr, arguments))), **settings)


def one_sentence(outcome: "subprocess.CompletedProcess[str]", *words: str) -> None:
    assert outcome.returncode != 0
    lines = outcome.stderr.strip().splitlines()
    assert len(lines) == 1, outcome.stderr
    assert all(word in lines[0] for word in words), lines[0]
    assert lines[0].endswith(".")


def missing_database() -> str:
    known = site.DATABASES["default"]
    return "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/no_such_database".format(**known)


@pytest.mark.parametrize(
    "arguments",
    [("migrate",), ("createcachetable",), ("procrastinate", "worker"), ("prepare",)],
    ids=" ".join,
)
def test_a_closed_port_is_one_sentence(arguments: tuple[str, ...]) -> None:
    one_sentence(manage(*arguments, DATABASE_URL=CLOSED), "DATABASE_URL", "refused")


@pytest.mark.parametrize("arguments", [("migrate",), ("procrastinate", "worker")], ids=" ".join)
def test_a_wrong_name_of_the_database_is_one_sentence(arguments: tuple[str, ...]) -> None:
    outcome = manage(*arguments, DATABASE_URL=missing_database())
    one_sentence(outcome, "DATABASE_URL", "no_such_database")


def test_a_state_folder_that_cannot_be_written_is_one_sentence(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    state = str(tmp_path / "file" / "state")
    one_sentence(manage("check", DATABASE_URL=CLOSED, IRIA_STATE=state), state, "IRIA_STATE")


def test_the_web_server_ends_with_one_sentence_and_does_not_try_again(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("")
    state = str(tmp_path / "file" / "state")
    web = [sys.executable, "-m", "gunicorn", "iria.wsgi", "--bind=127.0.0.1:0", "--workers=1"]
    outcome = subprocess.run(
        [*web, "--no-control-socket", "--log-level=critical"],
        cwd=PROJECT,
        env={"PATH": "/usr/bin:/bin", **SOUND, "IRIA_STATE": state},
        capture_output=True,
        text=True,
        timeout=120,
    )
    one_sentence(outcome, state, "IRIA_STATE")


def test_more_connections_for_a_newsletter_than_the_database_gives_are_rejected(
    settings: Any,
) -> None:
    def found(count: int) -> list[str | None]:
        settings.NEWSLETTER_CONNECTIONS = count
        return [each.id for each in check_connections(None) if isinstance(each, Error)]

    assert found(3) == found(1) == []
    assert found(site.DATABASE_POOL_SIZE + 1) == found(0) == ["newsletter.E003"]
