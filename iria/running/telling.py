"""What the launcher says: a line on the way, or one sentence when it cannot go on."""

import errno
import re
import sys

FULL = frozenset({errno.ENOSPC, errno.EDQUOT})
_FULL = re.compile(r"no space left on device|disk quota exceeded|disk is full", re.IGNORECASE)


class StartError(Exception):
    """A start that cannot go on; its text is the one sentence a person reads."""


def say(line: str) -> None:
    """A line on the way. To standard error: what a command prints may be read by a program."""
    print(line, file=sys.stderr, flush=True)


def tells_of_a_full_disk(text: str) -> bool:
    """Whether a program's output names a full disk (or quota) as its trouble."""
    return bool(_FULL.search(text))


def sentence_about(trouble: OSError) -> str:
    """One sentence for what the operating system refused."""
    if isinstance(trouble, TimeoutError) and trouble.args:
        return f"Another process has held {trouble.args[0]} for too long; end it and start again."
    where = f" ({trouble.filename})" if trouble.filename else ""
    # A copied tree's troubles come as one, without a number.
    if trouble.errno in FULL or tells_of_a_full_disk(str(trouble)):
        return f"The disk is full{where}; make room and start again."
    reason = (trouble.strerror or str(trouble)).lower()
    return f"The system refused{where}: {reason}."


def last_words(output: str) -> str:
    """The line of a failed program's output that most likely says why."""
    lines = [line.strip() for line in output.splitlines() if line.strip()]
    telling = [
        line for line in lines if re.search(r"error|fatal|panic|refused", line, re.IGNORECASE)
    ]
    return (telling or lines or ["it said nothing"])[-1]
