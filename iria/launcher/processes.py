"""Processes: ended with their parent, found by their data folder, sent signals."""

import ctypes
import errno
import os
import signal
import subprocess
import sys
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """For `preexec_fn`: the kernel sends the child this signal when its parent ends (Linux)."""
    libc, parent = _libc, os.getpid()
    if libc is None:
        return None

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # it ended in between
            os._exit(1)

    return tie


def interrupts_of_make(pid: int) -> int:
    """For a running `make`: 4, plus SIGHUP (1) and SIGINT (2) if it handles them; else 0 (Linux)."""
    with suppress(OSError):
        status = Path(f"/proc/{pid}/status").read_text()
        is_make = status.startswith(("Name:\tmake\n", "Name:\tgmake\n"))
        if is_make and "State:\tZ" not in status:
            return 4 | int(status.partition("SigCgt:")[2].split()[0], 16) & 3
    return 0


def is_postgres_of(data: Path, pid: int) -> bool:
    """Whether a process is a PostgreSQL server of a data folder."""
    if sys.platform != "linux":
        ask = ["ps", "-o", "command=", "-p", str(pid)]
        return f"-D {data}" in subprocess.run(ask, capture_output=True, text=True).stdout
    process = Path(f"/proc/{pid}")
    with suppress(OSError):
        name = (process / "comm").read_text().strip()
        return name == "postgres" and (process / "cwd").samefile(data)
    return False


def postgres_of(data: Path) -> list[int]:
    """All PostgreSQL processes of a data folder (Linux)."""
    pids = [int(process.name) for process in Path("/proc").glob("[0-9]*")]
    return [pid for pid in pids if is_postgres_of(data, pid)]


def is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except OSError as error:
        return error.errno == errno.EPERM
    return True


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal to a process, if it still exists."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def send_group(pid: int, number: signal.Signals) -> None:
    """Send a signal to the group that a process leads or led."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
