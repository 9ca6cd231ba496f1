"""The web server and the worker tell systemd that they are well; a worker with a job that hangs ends itself."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.db import connection
from procrastinate.contrib.django import app

from tests.proofs import machines
from tests.shared import PROJECT

ALIVE = b"WATCHDOG=1"
HANGING = """
import sys, time
from datetime import timedelta
import django
django.setup()
from django.core.management import execute_from_command_line
from procrastinate.contrib.django import app
from iria import health
from iria.management.commands import procrastinate as command

@app.task(name="tests.hang")
def hang():
    time.sleep(3600)

health.MAX_JOB = timedelta(seconds=2)
command.WATCH_SECONDS, command.EXIT_SECONDS = 0.2, 0.5
execute_from_command_line(["manage.py", "procrastinate", "worker"])
"""


@pytest.fixture
def systemd(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """The socket on which systemd is told."""
    with socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as listening:
        listening.bind(str(tmp_path / "notify"))
        listening.settimeout(60)
        monkeypatch.setenv("NOTIFY_SOCKET", str(tmp_path / "notify"))
        yield listening


def test_the_web_server_says_that_it_is_alive(systemd: socket.socket) -> None:
    gunicorn = [sys.executable, "-m", "gunicorn", "iria.wsgi", "--workers=0", "--bind=127.0.0.1:0"]
    with subprocess.Popen(gunicorn, cwd=PROJECT, stderr=subprocess.DEVNULL) as process:
        try:
            assert systemd.recv(100).startswith(b"READY=1")
            assert [systemd.recv(100) for _ in range(2)] == [ALIVE, ALIVE]
        finally:
            process.kill()


@pytest.mark.django_db(transaction=True, serialized_rollback=True)
def test_a_worker_is_alive_until_a_job_hangs_and_then_ends(
    systemd: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DATABASE_URL", machines.database_url())
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "iria.settings")
    with subprocess.Popen([sys.executable, "-c", HANGING], cwd=PROJECT) as process:
        try:
            assert systemd.recv(100) == ALIVE
            job = app.configure_task("tests.hang", allow_unknown=True).defer()
            assert process.wait(60) == 1
        finally:
            process.kill()
    with connection.cursor() as cursor:
        cursor.execute("SELECT status::text FROM procrastinate_jobs WHERE id = %s", [job])
        assert cursor.fetchall() == [("failed",)]
        cursor.execute("DELETE FROM procrastinate_jobs")
