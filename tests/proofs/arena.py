"""Runs a delivery with killed workers and a crashing database.

At small size it uses the test database and ends its connections; at full size its own PostgreSQL server,
which is stopped and started again.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import InterfaceError, OperationalError, connection
from django.utils import timezone
from psycopg.rows import dict_row

from iria.launcher import paths, postgres_programs, postmaster
from newsletter.delivery import claims, controls, sending, worker
from newsletter.models import Issue, Newsletter
from tests.newsletter.factories import issue, subscribers
from tests.newsletter.mailserver import free_port

CONNECTIONS = 3
"""SMTP connections of each worker."""

CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
)
"""Ends our connections only, not those of autovacuum."""

OLD_CLAIMS = (
    "UPDATE newsletter_delivery SET lease_expires_at = now()"
    " WHERE state = 'claimed' AND lease_expires_at < now() + interval '118 seconds'"
)
"""Expires claims after two seconds instead of two minutes, possibly those of running workers too, which must do no harm."""


@dataclass
class Arena:
    """A database with a delivery, and its workers."""

    url: str
    smtp_port: int
    issue_id: int = 0
    restarts: int = 0
    workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)
    spares: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def restart(self, *, hard: bool) -> None:
        """Ends all connections to the database."""
        self.restarts += 1
        connection.close()  # It would be ended too.
        with suppress(psycopg.errors.AdminShutdown):
            self.ask(CUT)

    def ask(self, sql: str, **values: Any) -> list[dict[str, Any]]:
        with psycopg.connect(self.url, autocommit=True, row_factory=dict_row) as database:
            cursor = database.execute(sql, values)
            return cursor.fetchall() if cursor.description else []

    def python(self, action: str) -> "subprocess.Popen[bytes]":
        """A process of the project with this database and mail server."""
        environment = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "iria.settings",
            "DATABASE_URL": self.url,
            "NEWSLETTER_MAIL_URL": f"smtp://127.0.0.1:{self.smtp_port}",
            "NEWSLETTER_CONNECTIONS": str(CONNECTIONS),
        }
        code = f"import django; django.setup(); from tests.proofs import arena; arena.{action}"
        return subprocess.Popen(
            [sys.executable, "-c", code],
            env=environment,
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def make_ready(self, count: int, *, ahead: int = 0) -> None:
        """Starts workers that wait for a signal, since starting Python takes long.

        Args:
            ahead: seconds by which their clock is fast.
        """
        created = [self.python(f"work({self.issue_id}, ahead={ahead})") for _ in range(count)]
        self.spares += created
        for spare in created:
            assert spare.stdout is not None
            assert spare.stdout.readline() == b"ready\n"

    def start_worker(self) -> None:
        if not self.spares:
            self.make_ready(1)
        worker = self.spares.pop(0)
        assert worker.stdin is not None
        worker.stdin.write(b"go\n")
        worker.stdin.flush()
        self.workers.append(worker)

    def kill(self, worker: "subprocess.Popen[bytes]") -> None:
        worker.kill()
        worker.communicate()
        self.workers.remove(worker)

    def kill_all(self) -> None:
        for process in list(self.workers):
            self.kill(process)

    def end(self) -> None:
        self.workers += self.spares
        self.spares = []
        self.kill_all()

    def counts(self) -> dict[str, int]:
        rows = self.ask("SELECT state, count(*) AS n FROM newsletter_delivery GROUP BY state")
        return {row["state"]: row["n"] for row in rows}

    def finish(self, *, within: float) -> None:
        """Waits for the end: deferred e-mails are due at once, claims of killed workers expire."""
        deadline = time.monotonic() + within
        counts: dict[str, int] = {}
        while time.monotonic() < deadline:
            self.ask("UPDATE newsletter_delivery SET due_at = now() WHERE due_at > now()")
            self.age_claims()
            previous, counts = counts, self.counts()
            # Only claims of killed workers are left.
            if counts == previous and not counts.get("queued", 0) + counts.get("deferred", 0):
                self.kill_all()
                self.recover()
                if not self._left():
                    return
                self.start_worker()
            time.sleep(0.5)
        raise AssertionError(f"not done after {within} s: {self.counts()}")

    def age_claims(self) -> None:
        """Expires claims of killed workers sooner than after two minutes."""
        self.ask(OLD_CLAIMS)

    def recover(self) -> None:
        """Does what the maintenance job would do later."""
        recover()

    def _left(self) -> int:
        counts = self.counts()
        return sum(counts.get(state, 0) for state in ("queued", "claimed", "deferred", "sending"))

    def _wait_for(self, process: "subprocess.Popen[bytes]") -> bytes:
        output, _ = process.communicate(timeout=300)
        assert process.returncode == 0
        return output


class OwnCluster(Arena):
    """The same with a separate, durable PostgreSQL server."""

    server: postmaster.Server

    def recover(self) -> None:
        self._wait_for(self.python("recover()"))

    def restart(self, *, hard: bool) -> None:
        """Args:
        hard: as after a power failure; otherwise a normal restart.
        """
        self.restarts += 1
        port = int(self.url.rpartition(":")[2].partition("/")[0])
        self.server.stop("immediate" if hard else "fast")
        self.server.start(port)


@contextmanager
def own_cluster(smtp_port: int, count: int) -> Iterator[Arena]:
    state = Path(tempfile.mkdtemp(prefix="iria-arena-"))
    state.chmod(0o755)  # the user of the database needs access
    data = state / "postgres"
    programs = postgres_programs.newest(state, paths.database_user(data))
    server = postmaster.Server(data, state / "log" / "postgres.log", programs, durable=True)
    server.create("arena")
    port = free_port()
    role, database = postmaster.ROLE, postmaster.DATABASE
    created = OwnCluster(f"postgres://{role}:arena@127.0.0.1:{port}/{database}", smtp_port)
    created.server = server
    server.start(port)
    try:
        output = created._wait_for(created.python(f"prepare({count})"))
        created.issue_id = int(output.split()[-1])
        yield created
    finally:
        created.end()
        server.stop()
        shutil.rmtree(state, ignore_errors=True)


@contextmanager
def in_the_tests_database(smtp_port: int, count: int, *, started: bool = True) -> Iterator[Arena]:
    url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**connection.settings_dict)
    mailing = fill(count)
    if started:
        sending.start(mailing, by=None)
    created = Arena(url, smtp_port, issue_id=mailing.pk)
    try:
        yield created
    finally:
        created.end()


def prepare(count: int) -> None:
    """Run in a separate process: migrates an empty database and starts a delivery."""
    call_command("migrate", interactive=False, verbosity=0)
    created = fill(count)
    sending.start(created, by=None)
    print(created.pk, flush=True)


def fill(count: int) -> Issue:
    """Creates subscribers and an issue, without canary and automatic pause."""
    Newsletter.objects.update(canary_percent=0, pause_at_percent=100)
    subscribers(count)
    return issue("The week that was")


def work(issue_id: int, *, ahead: int = 0) -> None:
    """A worker: sends until it is killed, like the jobs of the newsletter."""
    if ahead:
        _move_the_clock(ahead)
    print("ready", flush=True)
    sys.stdin.readline()
    while True:
        try:
            sending.start_due()
            sending.run_maintenance()
            worker.deliver(issue_id, should_stop=worker.never)
        except (OperationalError, InterfaceError):
            # The database is down; a real worker would be restarted.
            connection.close()
        time.sleep(0.05)


def recover() -> None:
    controls.mark_stale_uncertain(after=timedelta(0))
    controls.expire_leases(after=-claims.LEASE)
    for issue_id in Issue.objects.sending().values_list("pk", flat=True):
        controls.close(issue_id)


def _move_the_clock(seconds: int) -> None:
    """Changes all clocks that our code uses."""
    real, real_now = time.time, timezone.now
    time.time = lambda: real() + seconds
    timezone.now = lambda: real_now() + timedelta(seconds=seconds)
