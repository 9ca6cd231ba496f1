"""Processes: known by number and start time, tied to their parent's life, ended for certain."""

import ctypes
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

_PR_SET_PDEATHSIG = 1
_libc = ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """For `preexec_fn`: the kernel sends the child this signal when its parent is gone (Linux)."""
    libc = _libc
    if libc is None:
        return None
    parent = os.getpid()

    def tie() -> None:
        libc.prctl(_PR_SET_PDEATHSIG, int(number))
        if os.getppid() != parent:  # it died in between
            os._exit(1)

    return tie


def make_above() -> int | None:
    """The number of the `make` that started us, if one did (Linux)."""
    parent = os.getppid()
    try:
        name = Path(f"/proc/{parent}/comm").read_text().strip()
    except OSError:
        return None
    return parent if name in {"make", "gmake"} else None


def end_when_make_ends() -> None:
    """Ask for SIGTERM at the death of the `make` above us, which may be killed without a word."""
    if _libc is not None and make_above() is not None:
        _libc.prctl(_PR_SET_PDEATHSIG, int(signal.SIGTERM))


def catches(pid: int, number: signal.Signals) -> bool:
    """Whether a process has a handler of its own for a signal, as `make` has until it is used."""
    try:
        status = Path(f"/proc/{pid}/status").read_text()
    except OSError:
        return False
    caught = next(line for line in status.splitlines() if line.startswith("SigCgt:"))
    return bool(int(caught.split()[1], 16) >> (number - 1) & 1)


def started_at(pid: int) -> str | None:
    """When a process began, in the system's own words; None if there is no such process.

    A number is given out again after a while, a number with its start time is not.
    """
    if Path("/proc/self/stat").exists():
        try:
            stat = Path(f"/proc/{pid}/stat").read_text()
        except OSError:
            return None
        state, *fields = stat.rpartition(")")[2].split()
        return None if state in "ZX" else fields[18]
    done = subprocess.run(
        ["ps", "-o", "lstart=", "-p", str(pid)], capture_output=True, text=True, check=False
    )
    return done.stdout.strip() or None


def has_number(pid: int) -> bool:
    """Whether the system still knows this number, be it only as a zombie's."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def working_in(folder: Path, names: tuple[str, ...]) -> list[int]:
    """The processes of these names whose working directory is the folder, as a server's all are.

    Where /proc is missing, those whose command line names the folder.
    """
    if Path("/proc/self/cwd").exists():
        pids = [int(entry.name) for entry in Path("/proc").iterdir() if entry.name.isdigit()]
        return [pid for pid in pids if _works_in(pid, folder, names)]
    listed = subprocess.run(
        ["ps", "-axo", "pid=,command="], capture_output=True, text=True, check=False
    )
    split = [line.split(maxsplit=2) for line in listed.stdout.splitlines()]
    return [
        int(pid)
        for pid, program, arguments in (parts for parts in split if len(parts) == 3)
        if Path(program).name in names and str(folder) in arguments
    ]


def _works_in(pid: int, folder: Path, names: tuple[str, ...]) -> bool:
    process = Path(f"/proc/{pid}")
    try:
        return (process / "comm").read_text().strip() in names and (process / "cwd").samefile(
            folder
        )
    except OSError:
        return False


def wait_for_end(pid: int, seconds: float) -> bool:
    """Whether a process (not necessarily our child) has ended within the time."""
    deadline = time.monotonic() + seconds
    while started_at(pid) is not None:
        if time.monotonic() > deadline:
            return False
        time.sleep(0.02)
    return True


def send(pid: int, number: signal.Signals) -> None:
    """Send a signal to one process; one that has gone already is as good."""
    with suppress(ProcessLookupError):
        os.kill(pid, number)


def send_group(pid: int, number: signal.Signals) -> None:
    """Send a signal to the group a process leads, whether the leader still lives or not."""
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)
