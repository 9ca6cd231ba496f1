"""A mailing with workers that are killed and a database that falls over, and what came of it.

Small, it uses the database of the test, whose connections are cut; at full size a PostgreSQL of its
own, which is stopped and started again.
"""

import os
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

from iria.launcher import os_user, postgres_versions, postmaster
from newsletter.delivery import claims, scheduling, sending, uncertain, worker
from newsletter.models import Issue, Newsletter
from tests.newsletter.factories import issue, subscribers

CONNECTIONS = 3
"""Of each worker to the mail server."""

CUT = (
    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity"
    " WHERE datname = current_database() AND usename = current_user AND pid <> pg_backend_pid()"
)
"""All of ours. PostgreSQL's own, which tidies tables now and then, is not ours to end."""

OLD_CLAIMS = (
    "UPDATE newsletter_delivery SET lease_expires_at = now()"
    " WHERE state = 'claimed' AND lease_expires_at < now() + interval '118 seconds'"
)
"""Two seconds are taken for two minutes; that of a living worker may be among them, and must not matter."""


@dataclass
class Arena:
    """A database with a mailing in it, as whoever looks from outside sees it."""

    url: str
    smtp_port: int
    issue_id: int = 0
    restarts: int = 0
    workers: "list[subprocess.Popen[bytes]]" = field(default_factory=list)
    spares: "list[subprocess.Popen[bytes]]" = field(default_factory=list)

    def restart(self, *, hard: bool) -> None:
        """The database goes away for a moment, with every connection to it."""
        self.restarts += 1
        connection.close()  # Our own would be cut too.
        with suppress(psycopg.errors.AdminShutdown):
            self.ask(CUT)

    def ask(self, question: str, **values: Any) -> list[dict[str, Any]]:
        with psycopg.connect(self.url, autocommit=True, row_factory=dict_row) as database:
            cursor = database.execute(question, values)
            return cursor.fetchall() if cursor.description else []

    def python(self, action: str) -> "subprocess.Popen[bytes]":
        """A process of the project over this database and this mail server."""
        surroundings = {
            **os.environ,
            "DJANGO_SETTINGS_MODULE": "iria.settings",
            "DATABASE_URL": self.url,
            "NEWSLETTER_MAIL_URL": f"smtp://127.0.0.1:{self.smtp_port}",
            "NEWSLETTER_CONNECTIONS": str(CONNECTIONS),
        }
        code = f"import django; django.setup(); from tests.proofs import arena; arena.{action}"
        return subprocess.Popen(
            [sys.executable, "-c", code],
            env=surroundings,
            cwd=settings.BASE_DIR,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
        )

    def make_ready(self, count: int, *, ahead: int = 0) -> None:
        """Workers that begin only when they are told to, since starting Python takes long.

        Args:
            ahead: how many seconds their clock is ahead of everybody's.
        """
        made = [self.python(f"work({self.issue_id}, ahead={ahead})") for _ in range(count)]
        self.spares += made
        for spare in made:
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
        """Lets the workers come to an end: put-off mails are due at once, claims of the dead free."""
        until = time.monotonic() + within
        counts: dict[str, int] = {}
        while time.monotonic() < until:
            self.ask("UPDATE newsletter_delivery SET due_at = now() WHERE due_at > now()")
            self.age_claims()
            before, counts = counts, self.counts()
            # What stands still is in the hands of the dead, and not of those who live.
            if counts == before and not counts.get("queued", 0) + counts.get("deferred", 0):
                self.kill_all()
                self.recover()
                if not self._left():
                    return
                self.start_worker()
            time.sleep(0.5)
        raise AssertionError(f"not done after {within} s: {self.counts()}")

    def age_claims(self) -> None:
        """The claims of the dead run out sooner; else a short list stands still for two minutes."""
        self.ask(OLD_CLAIMS)

    def recover(self) -> None:
        """What the minute of a worker would do once enough time has passed."""
        recover()

    def _left(self) -> int:
        counts = self.counts()
        return sum(counts.get(state, 0) for state in ("queued", "claimed", "deferred", "sending"))

    def _wait_for(self, process: "subprocess.Popen[bytes]") -> bytes:
        said, _ = process.communicate(timeout=300)
        assert process.returncode == 0
        return said


class OwnCluster(Arena):
    """The same over a PostgreSQL that this proof alone uses, durable as in earnest."""

    server: postmaster.Server

    def recover(self) -> None:
        self._wait_for(self.python("recover()"))

    def restart(self, *, hard: bool) -> None:
        """Args:
        hard: as after a power failure; else as by an administrator.
        """
        self.restarts += 1
        port = int(self.url.rpartition(":")[2].partition("/")[0])
        self.server.stop("immediate" if hard else "fast")
        self.server.start(port)


@contextmanager
def own_cluster(smtp_port: int, everybody: int) -> Iterator[Arena]:
    state = Path(tempfile.mkdtemp(prefix="iria-arena-"))
    state.chmod(0o755)  # the database's account has to step in
    data = state / "postgres"
    user = os_user.for_cluster(data)
    programs = postgres_versions.for_new_cluster(state, user)
    server = postmaster.Server(data, state / "log", programs, user, durable=True)
    server.create("arena")
    port = postmaster.free_port()
    role, database = postmaster.ROLE, postmaster.DATABASE
    made = OwnCluster(f"postgres://{role}:arena@127.0.0.1:{port}/{database}", smtp_port)
    made.server = server
    server.start(port)
    try:
        said = made._wait_for(made.python(f"prepare({everybody})"))
        made.issue_id = int(said.split()[-1])
        yield made
    finally:
        made.end()
        server.stop()
        subprocess.run(["rm", "-rf", str(state)], check=True)


@contextmanager
def in_the_tests_database(
    smtp_port: int, everybody: int, *, started: bool = True
) -> Iterator[Arena]:
    url = "postgres://{USER}:{PASSWORD}@{HOST}:{PORT}/{NAME}".format(**connection.settings_dict)
    mailing = fill(everybody)
    if started:
        sending.start(mailing, by=None)
    made = Arena(url, smtp_port, issue_id=mailing.pk)
    try:
        yield made
    finally:
        made.end()


def prepare(everybody: int) -> None:
    """In a process of its own: an empty database becomes one with a mailing that has started."""
    call_command("migrate", interactive=False, verbosity=0)
    made = fill(everybody)
    sending.start(made, by=None)
    print(made.pk, flush=True)


def fill(everybody: int) -> Issue:
    """Subscribers and an issue; the run neither pauses nor waits for a first share by itself."""
    Newsletter.objects.update(canary_percent=0, pause_at_percent=100)
    subscribers(everybody)
    return issue("The week that was")


def work(issue_id: int, *, ahead: int = 0) -> None:
    """A worker: looks and sends until it is killed, as the jobs of the newsletter do."""
    if ahead:
        _move_the_clock(ahead)
    print("ready", flush=True)
    sys.stdin.readline()
    while True:
        try:
            scheduling.start_due()
            sending.run_maintenance()
            worker.deliver(issue_id, should_stop=worker.never)
        except (OperationalError, InterfaceError):
            # The database is away; a worker of the house would be started anew.
            connection.close()
        time.sleep(0.05)


def recover() -> None:
    uncertain.mark_stale_uncertain(after=timedelta(0))
    uncertain.expire_leases(after=-claims.LEASE)
    for issue_id in Issue.objects.sending().values_list("pk", flat=True):
        uncertain.close(issue_id)


def _move_the_clock(seconds: int) -> None:
    """Python's clocks, as far as anything of ours could ask them for the time of day."""
    real, real_now = time.time, timezone.now
    time.time = lambda: real() + seconds
    timezone.now = lambda: real_now() + timedelta(seconds=seconds)
