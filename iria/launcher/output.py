"""Output of the launcher: progress and errors."""

import errno
import re
import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

DISK_FULL = frozenset({errno.ENOSPC, errno.EDQUOT})


class StartError(Exception):
    """The start failed; the message is for the user."""


def info(line: str) -> None:
    """Print to standard error, since the output of a command may be read by a program."""
    print(line, file=sys.stderr, flush=True)


def describe_os_error(error: OSError) -> str:
    """The message for an error of the operating system."""
    if isinstance(error, TimeoutError) and error.args:
        return f"Another process has locked {error.args[0]} for too long; end it and start again."
    where = f" ({error.filename})" if error.filename else ""
    # shutil.copytree raises one error without errno for all files.
    if error.errno in DISK_FULL or is_disk_full(str(error)):
        return f"The disk is full{where}; make room and start again."
    return f"The system refused{where}: {(error.strerror or str(error)).lower()}."


def is_disk_full(output: str) -> bool:
    """Whether a program's output names a full disk (or quota) as the reason."""
    texts = "no space left on device|disk quota exceeded|disk is full|free disk space"
    return bool(re.search(texts, output, re.I))


def error_line(output: str) -> str:
    """The line of a failed program's output that most likely contains the reason."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.search("error|fatal|panic|refused", line, re.I)]
    return (errors or lines or ["no output"])[-1].rstrip(".")


def failure(what: str, output: str, log: Path | None = None) -> StartError:
    """The error for a program that failed, from its output."""
    if is_disk_full(output):
        return StartError(f"The disk is full: {what}.")
    details = f"; more in {log}" if log else ""
    return StartError(f"{what} ({error_line(output)}{details}).")


def run_program(command: Sequence[str | Path], what: str, log: Path, **options: Any) -> None:
    """Run a program and append its output to a log; if it fails, the message begins with `what`."""
    with log.open("ab") as output:
        begin = output.tell()
        options = {"stdin": subprocess.DEVNULL} | options
        done = subprocess.run(command, stdout=output, stderr=output, **options)
    if done.returncode:
        raise failure(what, log.read_bytes()[begin:].decode(errors="replace"), log)
