"""One PostgreSQL server process: started, watched while it starts, stopped, cleared away."""

import os
import signal
import socket
import subprocess
import time
from dataclasses import dataclass
from pathlib import Path

from iria.running import processes
from iria.running.binaries import Binaries
from iria.running.identity import Identity
from iria.running.telling import StartError, last_words, tells_of_a_full_disk

START_SECONDS = 120
"""Long, for the sake of recovery after a crash."""

# Said on the command line, where they outrank whatever a cluster's own files say.
_ALWAYS = {
    "listen_addresses": "127.0.0.1",
    "unix_socket_directories": "",
    "log_timezone": "UTC",
    "timezone": "UTC",
    # Compiling a query costs more than any page of ours takes.
    "jit": "off",
}
_LEAST_HELD, _MOST_HELD = 128, 1024
"""Megabytes of pages that the server holds ready; the least is its own default."""

_THROWAWAY = {"fsync": "off", "synchronous_commit": "off", "full_page_writes": "off"}
"""Only for clusters that tests make and throw away."""


class PortTaken(StartError):
    """Somebody else took the port between our look and the server's."""


@dataclass(frozen=True)
class Server:
    """How to run the server over a data folder."""

    data: Path
    log: Path
    binaries: Binaries
    identity: Identity
    durable: bool

    def start(self, port: int) -> "subprocess.Popen[bytes]":
        """Start the server and wait until it takes connections; it ends when we end."""
        settings = _ALWAYS | (_roomy() if self.durable else _THROWAWAY)
        options = [part for name, value in settings.items() for part in ("-c", f"{name}={value}")]
        begin = self.log.stat().st_size if self.log.exists() else 0
        with self.log.open("ab") as log:
            running = subprocess.Popen(
                [self.binaries.program("postgres"), "-D", self.data, "-p", str(port), *options],
                cwd="/",
                env=self.binaries.environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                preexec_fn=processes.die_with_parent(signal.SIGINT),
                **self.identity.popen,
            )
        deadline = time.monotonic() + START_SECONDS
        while time.monotonic() < deadline:
            if ready_port(self.data, running.pid):
                return running
            if running.poll() is not None:
                break
            time.sleep(0.02)
        else:
            stop(running)
        with self.log.open("rb") as log:
            log.seek(begin)
            raise self._failure(log.read().decode(errors="replace"))

    def _failure(self, said: str) -> StartError:
        if "could not create any TCP" in said:
            return PortTaken(last_words(said))
        if tells_of_a_full_disk(said):
            return StartError(f"The disk is full, so the database in {self.data} cannot start.")
        why = last_words(said)
        return StartError(f"The database does not start: {why} (more in {self.log}).")

    def clear_leftovers(self) -> None:
        """End what a killed start left, so that a new server finds the data folder its own.

        Backends can outlive a killed postmaster and still write. And the number in a stale pid
        file may belong to a zombie, or after a restart of the machine to anything at all, which
        PostgreSQL takes for a running server; so the file goes once nobody works in the folder.
        """
        for number, patience in ((signal.SIGINT, 8), (signal.SIGQUIT, 3), (signal.SIGKILL, 3)):
            left = processes.working_in(self.data, ("postgres", "postmaster"))
            for pid in left:
                processes.send(pid, number)
            left = [pid for pid in left if not processes.wait_for_end(pid, patience)]
            if not left:
                break
        else:
            raise StartError(
                f"A process of an earlier start ({left[0]}) does not end; end it by hand."
            )
        lines = _pid_file(self.data)
        if lines and processes.has_number(int(lines[0])):
            (self.data / "postmaster.pid").unlink(missing_ok=True)


def stop(running: "subprocess.Popen[bytes]", seconds: float = 60) -> None:
    """Stop the server cleanly ("fast": sessions are ended, a checkpoint is written)."""
    for number, patience in ((signal.SIGINT, seconds), (signal.SIGQUIT, 5), (signal.SIGKILL, 5)):
        if running.poll() is None:
            running.send_signal(number)
        try:
            running.wait(patience)
        except subprocess.TimeoutExpired:
            continue
        return


def ready_port(data: Path, pid: int | None = None) -> int | None:
    """The port of the server over this data folder, once it takes connections."""
    lines = _pid_file(data)
    if len(lines) < 8 or lines[7].strip() != "ready":
        return None
    if pid is not None and int(lines[0]) != pid:
        return None
    return int(lines[3]) if processes.started_at(int(lines[0])) is not None else None


def _pid_file(data: Path) -> list[str]:
    """Its lines: pid, data folder, start, port, socket folder, address, shared memory, status."""
    try:
        lines = (data / "postmaster.pid").read_text().splitlines()
    except OSError:
        return []
    return lines if lines and lines[0].strip().isdigit() else []


def free_port(wanted: int | None = None) -> int:
    """The wanted port if nobody has it, else one the system picks."""
    for port in (wanted, 0):
        if port is None:
            continue
        with socket.socket() as trial:
            trial.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                trial.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(trial.getsockname()[1])
    raise StartError("There is no free port on 127.0.0.1 for the database.")


def _roomy() -> dict[str, str]:
    """An eighth of the machine's memory for pages held ready, since site and worker live beside the server.

    A search reads postings from all over an index of some gigabytes; with the default each query pushed out
    what the next one needed.
    """
    memory = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") >> 20
    return {"shared_buffers": f"{min(max(memory // 8, _LEAST_HELD), _MOST_HELD)}MB"}
