"""`make upgrade-database`: moves the data to the newest PostgreSQL; keeps the old cluster."""

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace

from iria.launcher import locks, paths, postgres_versions, postmaster
from iria.launcher.cluster import Cluster
from iria.launcher.output import StartError, info, run_program
from iria.launcher.paths import display_path, make_folder
from iria.launcher.postmaster import Server


def upgrade() -> int:
    """Dump, restore into a new cluster, swap. Until the swap the old cluster is only read."""
    cluster = Cluster(paths.state_folder())
    try:
        with (
            locks.locked(cluster.start_lock, patience=5),
            locks.locked(cluster.users_lock, patience=5),
        ):
            _upgrade(cluster)
    except TimeoutError as error:
        raise StartError(
            "The database is in use; stop `make run` and every manage.py command first."
        ) from error
    return 0


def _upgrade(cluster: Cluster) -> None:
    cluster.finish_upgrade()
    if not (cluster.data / "PG_VERSION").exists():
        raise StartError(f"There is no database in {display_path(cluster.data)} to upgrade.")
    old = cluster.server()
    binaries = postgres_versions.for_upgrade(cluster.state, old.binaries.major, old.user)
    if binaries is None:
        info(f"The database is in PostgreSQL {old.binaries.major}, and nothing newer is installed.")
        return
    info(f"Moving the database from PostgreSQL {old.binaries.version} to {binaries.version}.")
    draft = cluster.state / "upgrade"
    shutil.rmtree(draft, ignore_errors=True)
    make_folder(draft)
    new = replace(old, data=draft / "postgres", binaries=binaries)
    password = cluster.access().password
    new.create(password)
    with _running(old) as port:
        _run_client(old, port, password, "pg_dump", "--format=custom", f"--file={draft / 'dump'}")
    with _running(new) as port:
        restore = ("--exit-on-error", "--no-comments", str(draft / "dump"))
        _run_client(new, port, password, "pg_restore", *restore)
        _run_client(new, port, password, "psql", "--command=ANALYZE")
    new.data.rename(cluster.upgraded)  # Now it is complete.
    cluster.finish_upgrade()
    shutil.rmtree(draft)


def _run_client(server: Server, port: int, password: str, name: str, *arguments: str) -> None:
    connection = ("--host=127.0.0.1", f"--port={port}", "--no-password")
    role = (f"--username={postmaster.ROLE}", f"--dbname={postmaster.DATABASE}")
    run_program(
        [server.binaries.program(name), *connection, *role, *arguments],
        "The upgrade failed, and the database is as it was",
        server.log,
        env=server.binaries.environment | {"PGPASSWORD": password},
    )


@contextmanager
def _running(server: Server) -> Iterator[int]:
    """Run the server on a free port for the duration of the block."""
    port = postmaster.free_port()
    server.start(port)
    try:
        yield port
    finally:
        server.stop()
