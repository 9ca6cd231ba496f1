"""The private database cluster of a state folder, shared by any number of commands.

Each command holds a shared lock, the users' lock; the first one starts the server and a small process, the
daemon, which waits for an exclusive lock. It gets it when the last user has ended, crashed or
was killed, and then stops the server.

    with Cluster(state).running() as url:
        ...                                # the server accepts connections at `url`
"""

import json
import os
import secrets
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path

from iria.launcher import (
    locks,
    os_user,
    postgres_versions,
    postmaster,
)
from iria.launcher.output import StartError, info
from iria.launcher.paths import PROJECT, display_path, make_private_file, write_atomically
from iria.launcher.postmaster import Server

STOP_SECONDS = 60


@dataclass(frozen=True)
class Access:
    """The connection parameters; stored in a file that only its owner can read."""

    password: str
    port: int | None = None

    @property
    def url(self) -> str:
        role, database = postmaster.ROLE, postmaster.DATABASE
        return f"postgres://{role}:{self.password}@127.0.0.1:{self.port}/{database}"


class Cluster:
    """`durable=False` is faster and not crash-safe: only for temporary clusters of tests."""

    def __init__(self, state: Path, *, durable: bool = True) -> None:
        self.state = state
        self.durable = durable
        self.data = state / "postgres"
        self.upgraded = state / "postgres.upgraded"
        """A complete cluster made by an upgrade, until it replaces the old one."""
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
            stack.enter_context(locks.locked(self.users_lock, shared=True, patience=STOP_SECONDS))
            self.ensure()
            yield self.access().url

    def ensure(self) -> None:
        """Make sure that the server runs; the caller must hold the users' lock."""
        if self._runs() and self._has_daemon():
            return
        with locks.locked(self.start_lock):
            make_private_file(self.log)
            self.finish_upgrade()
            if not (self.data / "PG_VERSION").exists():
                self._create()
            server = self.server()
            if not self._has_daemon():
                self._start_daemon()
            if not self._runs():
                postgres_versions.copy(self.state, server)
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
        """The server, run as the owner of the data, with programs of the right version."""
        user = self._user_who_can_enter(self.data)
        binaries = postgres_versions.for_existing_cluster(self.state, self.data, user)
        return Server(self.data, self.log, binaries, user, self.durable)

    def finish_upgrade(self) -> None:
        """Put the upgraded cluster in place of the old one, if there is one.

        After a crash between the two renames, the next start does the second one.
        """
        if self.upgraded.exists():
            if self.data.exists():
                major = postgres_versions.version_of(self.data)
                old = self.state / time.strftime(f"postgres-{major}-%Y%m%d-%H%M%S")
                self.data.rename(old)
                info(f"The old database is in {display_path(old)}; remove it when all is well.")
            self.upgraded.rename(self.data)

    def stop_when_unused(self) -> None:
        """Run by the daemon: wait until there are no users, then stop the server."""
        daemon_lock = locks.take(self.daemon_lock, wait=True)
        assert daemon_lock is not None  # noqa: S101 - with wait=True
        server = self.server()
        locks.take(self.users_lock, wait=True)
        server.stop()
        # The next user must not see a daemon that is about to end; the users' lock is released on exit.
        os.close(daemon_lock)

    def _start_daemon(self) -> None:
        with make_private_file(self.state / "log" / "daemon.log").open("ab") as log:
            subprocess.Popen(
                [sys.executable, "-m", "iria.launcher", "stop-when-unused", self.state],
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _create(self) -> None:
        user = self._user_who_can_enter(self.state)
        binaries = postgres_versions.for_new_cluster(self.state, user)
        info(f"Making a database with PostgreSQL {binaries.version} in {display_path(self.data)}.")
        access = Access(secrets.token_hex(24))
        self._store(access)
        Server(self.data, self.log, binaries, user, self.durable).create(access.password)

    def _user_who_can_enter(self, folder: Path) -> os_user.OsUser:
        user = os_user.for_cluster(self.data)
        if user.can_enter(folder):
            return user
        raise StartError(
            f"The database runs as {user.name}, who cannot enter {folder}; open the way to it "
            "(chmod o+x on the folders above), or name another folder with IRIA_STATE."
        )

    def _store(self, access: Access) -> None:
        write_atomically(self._access_file, json.dumps(asdict(access)) + "\n")

    def _runs(self) -> bool:
        return postmaster.running_port(self.data) is not None

    def _has_daemon(self) -> bool:
        return not locks.is_free(self.daemon_lock, shared=True)

    def _wait_until_stopped(self) -> None:
        """For the last user, wait until the server has stopped."""
        deadline = time.monotonic() + STOP_SECONDS
        while time.monotonic() < deadline:
            if locks.is_free(self.users_lock):
                if not self._runs() and not self._has_daemon():
                    return
            elif locks.is_free(self.users_lock, shared=True):
                return  # Another command uses it; the lock of the daemon is exclusive.
            time.sleep(0.02)
