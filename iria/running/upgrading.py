"""`make upgrade-database`: the same data under the newest PostgreSQL, the old cluster kept."""

import shutil
import subprocess
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from pathlib import Path

from iria.running import choosing, creating, kept, locks, postmaster, swapping
from iria.running.binaries import Binaries
from iria.running.cluster import Cluster
from iria.running.places import make_folder, shown
from iria.running.telling import StartError, last_words, say, tells_of_a_full_disk


def upgrade(state: Path) -> None:
    """Dump, restore into a new cluster, swap. Until the swap the old cluster is only read."""
    cluster = Cluster(state)
    with _alone(cluster):
        swapping.finish(state)
        if not (cluster.data / "PG_VERSION").exists():
            raise StartError(f"There is no database in {shown(cluster.data)} to upgrade.")
        old = cluster.server()
        programs = choosing.for_upgrade(state, old.binaries.major, old.identity)
        if programs is None:
            say(
                f"The database is in PostgreSQL {old.binaries.major} already; nothing newer is here."
            )
            return
        fresh = state / "upgrade" / "postgres"
        shutil.rmtree(fresh.parent, ignore_errors=True)
        make_folder(fresh.parent)
        say(f"Moving the database from PostgreSQL {old.binaries.version} to {programs.version}.")
        creating.create(fresh, programs, old.identity, cluster.access().password)
        old.clear_leftovers()
        _move(cluster, old, replace(old, data=fresh, binaries=programs))
        name = f"postgres-{old.binaries.major}-{time.strftime('%Y%m%d-%H%M%S')}"
        swapping.begin(state, name)
        swapping.finish(state)
        if not programs.ours:
            kept.keep(state, programs)
    say(f"Done. The old database is kept in {shown(state / name)}; remove it when you are content.")


@contextmanager
def _alone(cluster: Cluster) -> Iterator[None]:
    """Nobody else may use or start the cluster."""
    with ExitStack() as stack:
        try:
            stack.enter_context(locks.held(cluster.start_lock, patience=5))
            stack.enter_context(locks.held(cluster.users_lock, patience=5))
        except TimeoutError as busy:
            raise StartError(
                "The database is in use; stop `make run` and every manage.py command first."
            ) from busy
        yield


def _move(cluster: Cluster, old: postmaster.Server, new: postmaster.Server) -> None:
    with _running(old) as source, _running(new) as target:
        password = cluster.access().password
        dump = _client(old.binaries, "pg_dump", source, "--format=custom")
        restore = _client(new.binaries, "pg_restore", target, "--exit-on-error", "--no-comments")
        environment = {"PGPASSWORD": password}
        with subprocess.Popen(
            dump,
            env=old.binaries.environment | environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        ) as reading:
            writing = subprocess.run(
                restore,
                env=new.binaries.environment | environment,
                stdin=reading.stdout,
                capture_output=True,
            )
            assert reading.stdout is not None and reading.stderr is not None  # noqa: S101, PT018
            reading.stdout.close()
            said = (reading.stderr.read() + writing.stderr).decode(errors="replace")
        if reading.returncode or writing.returncode:
            raise _failure(cluster, said)
        subprocess.run(
            _client(new.binaries, "psql", target, "--command=ANALYZE"),
            env=new.binaries.environment | environment,
            check=True,
            capture_output=True,
        )


def _client(programs: Binaries, name: str, port: int, *more: str) -> list[str | Path]:
    return [
        *(programs.program(name), "--host=127.0.0.1", f"--port={port}", "--no-password"),
        *(f"--username={creating.ROLE}", f"--dbname={creating.DATABASE}", *more),
    ]


@contextmanager
def _running(server: postmaster.Server) -> Iterator[int]:
    """The server on a port of its own for the length of a block."""
    port = postmaster.free_port()
    running = server.start(port)
    try:
        yield port
    finally:
        postmaster.stop(running)


def _failure(cluster: Cluster, said: str) -> StartError:
    if tells_of_a_full_disk(said):
        return StartError("The disk is full: an upgrade needs room for the database a second time.")
    return StartError(
        f"The upgrade failed ({last_words(said)}); the database in {shown(cluster.data)} is as it was."
    )
