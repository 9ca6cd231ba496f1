"""The private database cluster of a state folder, and who may stop it.

Any number of commands use a cluster at one time. Each holds the users' lock, shared; the first
one starts the keeper, which runs the server and stops it when nobody holds that lock any more.

    with Cluster(state).held() as url:
        ...                                # the server answers at `url` in here
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from iria.running import choosing, creating, identity, kept, locks, postmaster, swapping
from iria.running.places import PROJECT, make_private_file, shown, write_whole
from iria.running.telling import StartError, last_words, say

START_SECONDS = postmaster.START_SECONDS + 60
STOP_SECONDS = 60


@dataclass(frozen=True)
class Access:
    """What it takes to connect; kept in a file only its owner can read."""

    password: str
    port: int | None = None

    @property
    def url(self) -> str:
        role, database = creating.ROLE, creating.DATABASE
        return f"postgres://{role}:{self.password}@127.0.0.1:{self.port}/{database}"


class Cluster:
    """`durable=False` gives up safety for speed: only for clusters that tests throw away."""

    def __init__(self, state: Path, *, durable: bool = True) -> None:
        self.state = state
        self.durable = durable
        self.data = state / "postgres"
        self.log = state / "log" / "postgres.log"
        self.start_lock = state / "locks" / "start"
        self.users_lock = state / "locks" / "users"
        self.keeper_lock = state / "locks" / "keeper"

    @contextmanager
    def held(self) -> Iterator[str]:
        """Use the cluster for the length of a block; it is made and started where necessary."""
        make_private_file(self.log)
        with ExitStack() as stack:
            stack.callback(self._wait_for_the_end)
            with locks.held(self.start_lock):
                # Waits while a keeper is stopping the server for want of users.
                users = locks.wait(self.users_lock, shared=True, patience=STOP_SECONDS)
                stack.callback(os.close, users)
                self.ensure()
            yield self.access().url

    def ensure(self) -> None:
        """Make sure that the server runs; only for those who hold the users' lock."""
        swapping.finish(self.state)
        if not (self.data / "PG_VERSION").exists():
            self._create()
        deadline = time.monotonic() + START_SECONDS
        while not (self.is_kept() and postmaster.ready_port(self.data)):
            if not self.is_kept():
                programs = self.server().binaries
                if self.durable and not programs.ours:
                    kept.keep(self.state, programs)
                self._start_keeper()
            elif time.monotonic() > deadline:
                raise StartError(
                    f"The database in {shown(self.data)} does not answer; see {self.log}."
                )
            else:
                time.sleep(0.05)

    def is_kept(self) -> bool:
        """Whether a keeper runs, and with it (or any moment now) the server."""
        return locks.is_held(self.keeper_lock)

    def access(self) -> Access:
        try:
            return Access(**json.loads(self._access_file.read_text()))
        except (FileNotFoundError, PermissionError, ValueError, TypeError) as trouble:
            raise StartError(
                f"The database in {shown(self.data)} cannot be used without its password, which "
                f"{self._access_file} should hold; start as its owner, or bring the file back."
            ) from trouble

    def remember_port(self, port: int) -> None:
        access = self.access()
        if access.port != port:
            self.remember(replace(access, port=port))

    def remember(self, access: Access) -> None:
        write_whole(self._access_file, json.dumps(asdict(access)) + "\n")

    def server(self) -> postmaster.Server:
        """How to run the server: the account that owns the data, the programs that fit them."""
        who = identity.for_cluster(self.data)
        if not who.reaches(self.data):
            raise StartError(
                f"The database in {self.data} belongs to {who.name}, who cannot reach that folder; "
                "open the way to it (chmod o+x on the folders above), or move it and set IRIA_STATE."
            )
        programs = choosing.for_existing(self.state, self.data, who)
        return postmaster.Server(self.data, self.log, programs, who, self.durable)

    @property
    def _access_file(self) -> Path:
        return self.state / "database.json"

    def _create(self) -> None:
        who = identity.for_cluster(self.data)
        if not who.reaches(self.state):
            raise StartError(
                f"PostgreSQL would run as {who.name}, who cannot reach {self.state}; "
                "name a folder that everybody can step into with IRIA_STATE."
            )
        programs = choosing.for_new(self.state, who)
        say(f"Making a database with PostgreSQL {programs.version} in {shown(self.data)}.")
        access = Access(creating.new_password())
        self.remember(access)
        creating.create(self.data, programs, who, access.password, durable=self.durable)

    def _start_keeper(self) -> None:
        kind = "durable" if self.durable else "throwaway"
        with make_private_file(self.state / "log" / "keeper.log").open("ab") as log:
            keeper = subprocess.Popen(
                [sys.executable, "-m", "iria.running.keeper", str(self.state), kind],
                cwd=PROJECT,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.PIPE,
                stderr=log,
                start_new_session=True,
            )
        assert keeper.stdout is not None  # noqa: S101 - asked for above
        with keeper.stdout:
            word = keeper.stdout.readline().decode().strip()
        if word.startswith("failed: "):
            keeper.wait()
            raise StartError(word.removeprefix("failed: "))
        if not word and keeper.wait() != 0:
            said = Path(log.name).read_text(errors="replace")
            raise StartError(f"The database's keeper ended ({last_words(said)}); see {log.name}.")

    def _wait_for_the_end(self) -> None:
        """If we were the last user, return only when the server has stopped."""
        deadline = time.monotonic() + STOP_SECONDS
        users = locks.open_lock(self.users_lock)
        try:
            while self.is_kept() and time.monotonic() < deadline:
                if locks.attempt(users):  # nobody there: the keeper is about to notice
                    locks.release(users)
                elif locks.attempt(users, shared=True):  # others are there: it is theirs to end
                    return
                time.sleep(0.02)
        finally:
            os.close(users)
