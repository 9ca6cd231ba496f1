"""Messages of the launcher: progress and errors."""

import re
import sys
from pathlib import Path


class StartError(Exception):
    """The start failed; the message is for the user."""


def info(line: str) -> None:
    """Print to standard error, since the output of a command may be read by a program."""
    print(line, file=sys.stderr, flush=True)


def describe_os_error(error: OSError) -> str:
    if isinstance(error, TimeoutError) and error.args:
        return f"Another process has locked {error.args[0]} for too long; end it and start again."
    where = f" ({error.filename})" if error.filename else ""
    if is_disk_full(str(error)):
        return f"The disk is full{where}; make room and start again."
    return f"The system refused{where}: {(error.strerror or str(error)).lower()}."


def is_disk_full(output: str) -> bool:
    """Whether an error or a program's output names a full disk (or quota) as the reason."""
    texts = "no space left|dis[ck] quota exceeded|disk is full|free disk space"
    return bool(re.search(texts, output, re.I))


def failure(what: str, output: str, log: Path | None = None) -> StartError:
    """The error for a program that failed, with the line that most likely contains the reason."""
    if is_disk_full(output):
        return StartError(f"The disk is full: {what}.")
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    errors = [line for line in lines if re.search("error|fatal|panic|refused", line, re.I)]
    reason = (errors or lines or ["no output"])[-1].rstrip(".")
    details = f"; more in {log}" if log else ""
    return StartError(f"{what} ({reason}{details}).")
