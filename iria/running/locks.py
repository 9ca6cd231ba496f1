"""Locks that end with their holder: `flock` on small files, so a `kill -9` leaves nothing behind."""

import fcntl
import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from iria.running.places import PRIVATE_FILE, PRIVATE_FOLDER, make_folder


def open_lock(path: Path) -> int:
    """A descriptor to lock. Reading suffices for `flock`, so another user may share it."""
    make_folder(path.parent, PRIVATE_FOLDER)
    is_new = not path.exists()
    lock = os.open(path, os.O_RDONLY | os.O_CREAT, PRIVATE_FILE)
    if is_new and os.geteuid() == 0:
        # A state folder of somebody else's stays usable for them after root was here.
        owner = path.parent.stat()
        os.chown(lock, owner.st_uid, owner.st_gid)
    return lock


def attempt(lock: int, *, shared: bool = False) -> bool:
    """Take the lock if nobody is in the way; never wait."""
    try:
        fcntl.flock(lock, (fcntl.LOCK_SH if shared else fcntl.LOCK_EX) | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


def release(lock: int) -> None:
    fcntl.flock(lock, fcntl.LOCK_UN)


def wait(path: Path, *, shared: bool = False, patience: float = 300) -> int:
    """Take a lock, waiting `patience` seconds for it; closing the descriptor gives it back."""
    lock = open_lock(path)
    deadline = time.monotonic() + patience
    try:
        while not attempt(lock, shared=shared):
            if time.monotonic() > deadline:
                raise TimeoutError(path)
            time.sleep(0.02)
    except BaseException:
        os.close(lock)
        raise
    return lock


@contextmanager
def held(path: Path, *, shared: bool = False, patience: float = 300) -> Iterator[None]:
    """Hold a lock for the length of a block."""
    lock = wait(path, shared=shared, patience=patience)
    try:
        yield
    finally:
        os.close(lock)


def is_held(path: Path) -> bool:
    """Whether somebody holds the lock alone."""
    lock = open_lock(path)
    try:
        return not attempt(lock, shared=True)
    finally:
        os.close(lock)
