"""The private database cluster of a state folder, shared by any number of commands.

docs/decisions/database.md says how a daemon stops it when the last one has ended.
"""

import json
import secrets
import shutil
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from iria.launcher import paths, postgres_programs, postmaster, processes
from iria.launcher.output import StartError, info
from iria.launcher.paths import display_path
from iria.launcher.postmaster import DATABASE, ROLE, Server
from iria.launcher.processes import is_free, locked

STOP_SECONDS = 60


@dataclass(frozen=True)
class Access:
    """The connection parameters; stored in a file that only its owner can read."""

    password: str
    port: int | None = None

    @property
    def url(self) -> str:
        return f"postgres://{ROLE}:{self.password}@127.0.0.1:{self.port}/{DATABASE}"


class Cluster:
    """`durable=False` is faster and not crash-safe: only for temporary clusters of tests."""

    def __init__(self, state: Path, *, durable: bool = True) -> None:
        self.state = state
        self.durable = durable
        self.data = state / "postgres"
        self.upgraded = state / "postgres.upgraded"
        self.log = state / "log" / "postgres.log"
        self.start_lock = state / "locks" / "start"
        self.users_lock = state / "locks" / "users"
        # The name of the daemon in earlier versions, which may still be running.
        self.daemon_lock = state / "locks" / "keeper"
        self._access_file = state / "database.json"

    @contextmanager
    def running(self) -> Iterator[str]:
        """Run the cluster for the duration of the block; create and start it if necessary."""
        with ExitStack() as stack:
            stack.callback(self._wait_until_stopped)
            # Waits while the daemon is stopping the server.
            stack.enter_context(locked(self.users_lock, shared=True, timeout=STOP_SECONDS))
            self.ensure()
            yield self.access().url

    def ensure(self) -> None:
        """Start the server if it does not run; the caller must hold the users' lock."""
        if self._runs() and self._has_daemon():
            return
        with locked(self.start_lock):
            self.finish_upgrade()
            server = self.server()
            if not self._exists():
                version, where = server.programs.version, display_path(self.data)
                info(f"Making a database with PostgreSQL {version} in {where}.")
                access = Access(secrets.token_hex(24))
                self._store(access)
                server.create(access.password)
            if not self._has_daemon():
                command = [
                    sys.executable,
                    "-m",
                    "iria.launcher",
                    "stop-when-unused",
                    str(self.state),
                ]
                processes.start_program(command, self.state / "log" / "daemon.log")
            if not self._runs():
                server.clear_leftovers()
                if self.durable:
                    postgres_programs.copy(self.state, server.programs, self.data)
                access = self.access()
                port = postmaster.free_port(access.port)
                server.start(port)
                self._store(Access(access.password, port))

    def access(self) -> Access:
        try:
            return Access(**json.loads(self._access_file.read_text()))
        except (FileNotFoundError, PermissionError, ValueError, TypeError) as error:
            raise StartError(
                f"The database in {display_path(self.data)} needs its password, which should be in "
                f"{self._access_file}; start as its owner, or restore the file."
            ) from error

    def server(self) -> Server:
        """The server as the user of the data, with programs of its version or the newest ones."""
        user = paths.database_user(self.data)
        if not user.can_enter(self.data):
            raise StartError(
                f"The database runs as {user.name}, who cannot enter {self.data}; let it enter "
                "(chmod o+x on the folders above), or name another folder with IRIA_STATE."
            )
        if self._exists():
            programs = postgres_programs.for_cluster(self.state, self.data, user)
        else:
            programs = postgres_programs.newest(self.state, user)
        return Server(self.data, self.log, programs, self.durable)

    def stop_when_unused(self) -> None:
        """Run by the daemon: wait until there are no users, then stop the server."""
        with ExitStack() as stack, locked(self.daemon_lock, timeout=None):
            server = self.server()
            stack.enter_context(locked(self.users_lock, timeout=None))
            server.stop()
            # The users' lock is released last: the next user must not see a daemon that ends.

    def upgrade(self) -> None:
        """`make upgrade-database`: move the data to the newest PostgreSQL; keep the old cluster.

        Dump, restore into a new cluster, swap. Until the swap the old cluster is only read.
        """
        self.finish_upgrade()
        if not self._exists():
            raise StartError(f"There is no database in {display_path(self.data)} to upgrade.")
        old = self.server()
        major, user = old.programs.major, old.programs.user
        newer = [each for each in postgres_programs.installed(user) if each.major > major]
        if not newer and major >= postgres_programs.WHEEL_MAJOR:
            info(f"The database is in PostgreSQL {major}, and nothing newer is installed.")
            return
        programs = newer[0] if newer else postgres_programs.wheel(self.state, user)
        info(f"Moving the database from PostgreSQL {old.programs.version} to {programs.version}.")
        draft = self.state / "upgrade"
        shutil.rmtree(draft, ignore_errors=True)
        paths.make_folder(draft)
        new = replace(old, data=draft / "postgres", programs=programs)
        password, dump = self.access().password, draft / "dump"
        new.create(password)
        _run_clients(old, password, ("pg_dump", "--format=custom", f"--file={dump}"))
        restore = ("pg_restore", "--exit-on-error", "--no-comments", str(dump))
        _run_clients(new, password, restore, ("psql", "--command=ANALYZE"))
        new.data.rename(self.upgraded)  # Now it is complete.
        self.finish_upgrade()
        shutil.rmtree(draft)

    def finish_upgrade(self) -> None:
        """Put the upgraded cluster in place of the old one, if there is one.

        After a crash between the two renames, the next start does the second one.
        """
        if self.upgraded.exists():
            if self.data.exists():
                major = postgres_programs.version_of(self.data)
                old = self.state / time.strftime(f"postgres-{major}-%Y%m%d-%H%M%S")
                self.data.rename(old)
                info(f"The old database is in {display_path(old)}; remove it when all is well.")
            self.upgraded.rename(self.data)

    def _exists(self) -> bool:
        return (self.data / "PG_VERSION").exists()

    def _store(self, access: Access) -> None:
        paths.write_atomically(self._access_file, json.dumps(asdict(access)) + "\n")

    def _runs(self) -> bool:
        return postmaster.status(self.data) == "ready"

    def _has_daemon(self) -> bool:
        return not is_free(self.daemon_lock, shared=True)

    def _wait_until_stopped(self) -> None:
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            if is_free(self.users_lock):
                if not self._runs() and not self._has_daemon():
                    return
            elif is_free(self.users_lock, shared=True):
                return  # Another command uses it; the lock of the daemon is exclusive.
            time.sleep(0.02)


def _run_clients(server: Server, password: str, *commands: tuple[str, ...]) -> None:
    port = postmaster.free_port()
    access = (f"--dbname=postgres://{ROLE}@127.0.0.1:{port}/{DATABASE}", "--no-password")
    environment = server.programs.options["env"] | {"PGPASSWORD": password}
    server.start(port)
    try:
        for name, *arguments in commands:
            what = "The upgrade failed, and the database is as it was"
            command: list[str | Path] = [server.programs.folder / name, *access, *arguments]
            processes.run_program(command, what, server.log, env=environment)
    finally:
        server.stop()


def upgrade(state: Path) -> None:
    cluster = Cluster(state)
    try:
        with locked(cluster.start_lock, timeout=5), locked(cluster.users_lock, timeout=5):
            cluster.upgrade()
    except TimeoutError as error:
        raise StartError(
            "The database is in use; stop `make run` and every manage.py command first."
        ) from error
