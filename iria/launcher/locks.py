"""File locks (`flock`), which the kernel releases when the process ends."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from iria.launcher.paths import PRIVATE_FILE, PRIVATE_FOLDER, give_to_folder_owner, make_folder


def take(path: Path, *, shared: bool = False, wait: bool = False) -> int | None:
    """Take a lock; None if another process has it. Closing the descriptor releases it."""
    make_folder(path.parent, PRIVATE_FOLDER)
    is_new = not path.exists()
    lock = os.open(path, os.O_RDONLY | os.O_CREAT, PRIVATE_FILE)
    if is_new:
        give_to_folder_owner(path)
    try:
        kind = fcntl.LOCK_SH if shared else fcntl.LOCK_EX
        fcntl.flock(lock, kind if wait else kind | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return None
    return lock


def is_free(path: Path, *, shared: bool = False) -> bool:
    """Whether a lock could be taken now."""
    if (lock := take(path, shared=shared)) is not None:
        os.close(lock)
    return lock is not None


@contextmanager
def locked(path: Path, *, shared: bool = False, patience: float = 300) -> Iterator[int]:
    """Hold a lock for the duration of the block; wait up to `patience` seconds for it."""
    deadline = time.monotonic() + patience
    while (lock := take(path, shared=shared)) is None:
        if time.monotonic() > deadline:
            raise TimeoutError(path)
        time.sleep(0.02)
    try:
        yield lock
    finally:
        os.close(lock)
