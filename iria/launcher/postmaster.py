"""One PostgreSQL server: started and stopped with `pg_ctl`, cleaned up after."""

import os
import shlex
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from iria.launcher import processes
from iria.launcher.os_user import OsUser
from iria.launcher.output import failure, run_program
from iria.launcher.postgres_binaries import Binaries

# Given on the command line, where they override the cluster's own files.
_SETTINGS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "log_timezone": "UTC",
    "timezone": "UTC",
    # Compiling a query costs more than any page of ours takes.
    "jit": "off",
}
_LEAST_BUFFERS, _MOST_BUFFERS = 128, 1024
"""Megabytes; the least is PostgreSQL's default."""

_THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Only for clusters that tests make and throw away."""


@dataclass(frozen=True)
class Server:
    """How to run the server of a data folder."""

    data: Path
    log: Path
    binaries: Binaries
    user: OsUser
    durable: bool

    def start(self, port: int) -> None:
        """Start the server and wait until it takes connections, also after a crash."""
        self.clear_leftovers()
        settings = _SETTINGS | (_shared_buffers() if self.durable else _THROWAWAY)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        self._control("start", "--timeout=120", "-o", shlex.join(["-p", str(port), *options]))

    def stop(self, mode: str = "fast") -> None:
        """Stop the server: by default sessions are ended and a checkpoint is written."""
        if _pid_file(self.data):
            self._control("stop", f"--mode={mode}", "--timeout=60")

    def _control(self, action: str, *options: str) -> None:
        run_program(
            [self.binaries.program("pg_ctl"), action, "--wait", "-D", self.data, *options],
            f"The database does not {action}",
            self.log,
            **self.binaries.options(self.user),
        )

    def clear_leftovers(self) -> None:
        """End what a killed server left, so that a new one has the data folder to itself.

        Backends can outlive a killed postmaster and still write. And the number in the pid file
        may belong to another process by now, which PostgreSQL would take for a running server.
        """
        for number in (signal.SIGTERM, signal.SIGKILL):
            deadline = time.monotonic() + 8
            while (left := processes.postgres_of(self.data)) and time.monotonic() < deadline:
                for pid in left:
                    processes.send(pid, number)
                time.sleep(0.05)
        (self.data / "postmaster.pid").unlink(missing_ok=True)

    def run_single_user(self, statements: str) -> str:
        """Execute statements as superuser while the server is stopped; return what it printed."""
        done = subprocess.run(
            [self.binaries.program("postgres"), "--single", "-D", self.data, "postgres"],
            input=statements,
            capture_output=True,
            text=True,
            **self.binaries.options(self.user),
        )
        if done.returncode or "ERROR:" in done.stderr:
            output = done.stderr.partition("STATEMENT:")[0]  # which holds a password
            raise failure(f"The database in {self.data} could not be prepared", output)
        return str(done.stdout)

    def modules_folder(self) -> Path:
        """Where its loadable modules are; to be asked while it is stopped."""
        self.clear_leftovers()
        query = "SELECT 'folder=' || setting FROM pg_config WHERE name = 'PKGLIBDIR';\n"
        return Path(self.run_single_user(query).partition("folder=")[2].partition('"')[0])


def _pid_file(data: Path) -> list[str]:
    """Its lines, if its server runs: pid, data folder, start, port, socket, address, memory, status."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
        return lines if processes.is_postgres_of(data, int(lines[0])) else []
    except (OSError, IndexError, ValueError):
        return []


def running_port(data: Path) -> int | None:
    """The port of the server of this data folder, once it takes connections."""
    lines = _pid_file(data)
    return int(lines[3]) if len(lines) > 7 and lines[7].strip() == "ready" else None


def free_port(wanted: int | None = None) -> int:
    """The wanted port if nobody has it, else one that the system picks."""
    with socket.socket() as trial:
        trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            trial.bind(("127.0.0.1", wanted or 0))
        except OSError:
            if wanted:
                return free_port()
            raise
        return int(trial.getsockname()[1])


def _shared_buffers() -> dict[str, str]:
    """An eighth of the machine's memory, since site and worker run beside the server.

    A search reads postings from all over an index of some gigabytes; with the default each query
    evicted what the next one needed.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    return {"shared_buffers": f"{min(max(memory // 8, _LEAST_BUFFERS), _MOST_BUFFERS)}MB"}
