"""Processes: started, found, sent signals; and the locks they hold."""

import ctypes
import fcntl
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from iria.launcher import paths
from iria.launcher.output import failure


def run_program(command: Sequence[str | Path], what: str, log: Path, **options: Any) -> None:
    """Run a program and append its output to a log; if it fails, the message begins with `what`."""
    with paths.make_private_file(log).open("ab") as output:
        begin = output.tell()
        done = subprocess.run(
            command, stdin=subprocess.DEVNULL, stdout=output, stderr=output, **options
        )
    if done.returncode:
        raise failure(what, log.read_bytes()[begin:].decode(errors="replace"), log)


def start_program(
    command: Sequence[str | Path], log: Path, **options: Any
) -> "subprocess.Popen[bytes]":
    """Start a program in a session of its own, which appends its output to a log."""
    with paths.make_private_file(log).open("ab") as output:
        return subprocess.Popen(
            command,
            cwd=paths.PROJECT,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
            **options,
        )


def die_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """For `preexec_fn`: the kernel sends the child this signal when its parent ends (Linux)."""
    if sys.platform != "linux":
        return None
    libc, parent, set_death_signal = ctypes.CDLL(None), os.getpid(), 1

    def tie() -> None:
        libc.prctl(set_death_signal, int(number))
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


def send(pid: int, number: int) -> bool:
    """Send a signal to a process; whether it still exists. The number 0 only asks that."""
    try:
        os.kill(pid, number)
    except ProcessLookupError:
        return False
    except PermissionError:
        pass
    return True


def send_group(pid: int, number: signal.Signals) -> None:
    with suppress(ProcessLookupError, PermissionError):
        os.killpg(pid, number)


@contextmanager
def locked(path: Path, *, shared: bool = False, timeout: float | None = 300) -> Iterator[int]:
    """Hold a file lock (`flock`), which the kernel releases when the process ends.

    Waits up to `timeout` seconds for it, or forever if that is None.
    """
    paths.make_folder(path.parent, paths.PRIVATE_FOLDER)
    lock = os.open(path, os.O_RDONLY | os.O_CREAT, paths.PRIVATE_FILE)
    deadline = time.monotonic() + (timeout or 0)
    kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
    try:
        paths.give_to_folder_owner(path)
        while True:
            try:
                fcntl.flock(lock, kind if timeout is None else kind | fcntl.LOCK_NB)
                break
            except BlockingIOError as error:
                if time.monotonic() >= deadline:
                    raise TimeoutError(path) from error
                time.sleep(0.02)
        yield lock
    finally:
        os.close(lock)


def is_free(path: Path, *, shared: bool = False) -> bool:
    try:
        with locked(path, shared=shared, timeout=0):
            return True
    except TimeoutError:
        return False
