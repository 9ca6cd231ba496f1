"""Creates, starts and stops a PostgreSQL server with `initdb` and `pg_ctl`."""

import locale
import os
import shlex
import shutil
import signal
import socket
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from iria.launcher import processes
from iria.launcher.paths import PRIVATE_FOLDER, make_folder
from iria.launcher.postgres_programs import Programs

ROLE = DATABASE = "iria"

_HBA = f"""\
# Written by IRIA. Only over the loopback, only with a password; the superuser not at all
# (`postgres --single` is for those who may read this folder).
host  all  {ROLE}  127.0.0.1/32  scram-sha-256
"""

# Passed on the command line, to override the configuration files of the cluster.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "log_timezone": "UTC",
    "timezone": "UTC",
    # Compiling a query takes longer than our queries.
    "jit": "off",
    # Solid-state disks and memory: reading a row by an index costs little more than the next one.
    "random_page_cost": "1.1",
}
_THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Only for temporary clusters of tests."""


@dataclass(frozen=True)
class Server:
    data: Path
    log: Path
    programs: Programs
    durable: bool

    def create(self, password: str) -> None:
        """Create a cluster with one login role that owns one empty database, and rename it when complete."""
        draft, user = self.data.with_name(f"{self.data.name}.unfinished"), self.programs.user
        shutil.rmtree(draft, ignore_errors=True)
        make_folder(draft, PRIVATE_FOLDER)
        shutil.chown(draft, user.uid, user.gid)
        options = ["--data-checksums", "--encoding=UTF8", *_locale(self.programs.major)]
        if not self.durable:
            options.append("--no-sync")
        try:
            what = f"The database could not be made in {draft.parent}"
            self._run(what, "initdb", "-D", draft, "-U", "postgres", "--auth=reject", *options)
            (draft / "pg_hba.conf").write_text(_HBA)
            self.programs.execute(
                draft,
                f"CREATE ROLE {ROLE} LOGIN CREATEDB PASSWORD '{password}';\n"
                f"CREATE DATABASE {DATABASE} OWNER {ROLE} TEMPLATE template0;\n",
            )
            draft.rename(self.data)
        finally:
            shutil.rmtree(draft, ignore_errors=True)

    def start(self, port: int) -> None:
        """Start the server and wait until it accepts connections, also after a crash."""
        self.clear_leftovers()
        settings = _SETTINGS | ({"shared_buffers": _buffers()} if self.durable else _THROWAWAY)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        options = ["--timeout=120", "-o", shlex.join(["-p", str(port), *options])]
        what = "The database does not start"
        self._run(what, "pg_ctl", "start", "--wait", "-D", self.data, *options)

    def stop(self, mode: str = "fast") -> None:
        """Stop the server; by default it ends sessions and writes a checkpoint."""
        if status(self.data):
            what = "The database does not stop"
            self._run(what, "pg_ctl", "stop", f"--mode={mode}", "--wait", "-D", self.data)
            # pg_ctl waits until the pid file is gone, which the server deletes a moment before it ends.
            deadline = time.monotonic() + 8
            while processes.postgres_of(self.data) and time.monotonic() < deadline:
                time.sleep(0.01)

    def _run(self, what: str, program: str, *options: str | Path) -> None:
        command = [self.programs.folder / program, *options]
        processes.run_program(command, what, self.log, **self.programs.options)

    def clear_leftovers(self) -> None:
        """End processes of a killed server, so that a new one can use the data folder.

        Backends can outlive a killed postmaster and still write. The number in the pid file
        may belong to another process by now, which PostgreSQL would mistake for a running server.
        """
        for number in (signal.SIGTERM, signal.SIGKILL):
            deadline = time.monotonic() + 8
            while (leftovers := processes.postgres_of(self.data)) and time.monotonic() < deadline:
                for pid in leftovers:
                    processes.send(pid, number)
                time.sleep(0.05)
        (self.data / "postmaster.pid").unlink(missing_ok=True)


def status(data: Path) -> str:
    """What a running server writes to its pid file: `ready` when it accepts connections."""
    with suppress(OSError, IndexError, ValueError):
        lines = (data / "postmaster.pid").read_text().splitlines()
        if processes.is_postgres_of(data, int(lines[0])):
            return lines[7].strip() if len(lines) > 7 else "starting"
    return ""


def free_port(wanted: int | None = None) -> int:
    """The wanted port if it is free, else one that the system chooses."""
    try:
        with socket.create_server(("127.0.0.1", wanted or 0)) as trial:
            return int(trial.getsockname()[1])
    except OSError:
        if not wanted:
            raise
        return free_port()


def _buffers() -> str:
    """An eighth of the memory, from PostgreSQL's default to 1 GB: site and worker run there too.

    A search reads postings all over an index of some gigabytes; with the default each query
    evicts pages that the next one needs.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    return f"{min(max(memory // 8, 128), 1024)}MB"


def _locale(major: int) -> list[str]:
    """Sort by code point and change case by Unicode: the same on every machine, so no index breaks
    with an upgrade of the C library. Text for readers is sorted by language."""
    if _exists("C.UTF-8"):
        return ["--locale=C.UTF-8"]
    if major >= 17:
        return ["--locale=C", "--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
    return ["--lc-collate=C", f"--lc-ctype={'en_US.UTF-8' if _exists('en_US.UTF-8') else 'C'}"]


def _exists(name: str) -> bool:
    previous = locale.setlocale(locale.LC_COLLATE)
    with suppress(locale.Error):
        locale.setlocale(locale.LC_COLLATE, name)
        locale.setlocale(locale.LC_COLLATE, previous)
        return True
    return False
